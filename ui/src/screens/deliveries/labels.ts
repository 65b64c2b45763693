// Labels for deliveries: states, responses, skip reasons, the next attempt.

import type { Outcome } from "~/api/types";
import { relative } from "~/parts/format";

const REASONS: Record<number, string> = {
  200: "OK",
  201: "Created",
  202: "Accepted",
  204: "No Content",
  301: "Moved",
  302: "Found",
  307: "Redirect",
  308: "Redirect",
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  408: "Request Timeout",
  409: "Conflict",
  410: "Gone",
  413: "Too Large",
  415: "Wrong Type",
  422: "Unprocessable",
  429: "Too Many",
  500: "Server Error",
  501: "Not Implemented",
  502: "Bad Gateway",
  503: "Unavailable",
  504: "Gateway Timeout",
};

/** `401 Unauthorized`; a status without a usual name stands alone. */
export function statusWords(status: number | string): string {
  const reason = REASONS[Number(status)];
  return reason === undefined ? String(status) : `${status} ${reason}`;
}

const OUTCOMES: Record<Outcome, string> = {
  success: "Delivered",
  http_status: "Rejected",
  timeout: "Timed out",
  dns: "DNS lookup failed",
  connect: "Connection failed",
  tls: "TLS handshake failed",
  reset: "Connection reset",
  protocol: "Not HTTP",
  blocked: "Address blocked",
  interrupted: "Interrupted",
};

/** An outcome in words; the name itself where it is not known. */
export const outcomeWords = (outcome: string): string => OUTCOMES[outcome as Outcome] ?? outcome;

/** The order in which states are listed. */
export const STATE_ORDER = [
  "delivered",
  "waiting",
  "in_flight",
  "retrying",
  "held",
  "failed",
  "skipped",
  "cancelled",
];

const ATTEMPTS: Record<string, string> = {
  "0": "none",
  "1": "1",
  "2-3": "2 to 3",
  "4-6": "4 to 6",
  "7-": "7 or more",
};
export const attemptsWords = (range: string): string => ATTEMPTS[range] ?? range;
export const ATTEMPTS_ORDER = ["0", "1", "2-3", "4-6", "7-"];

/** The state as shown: `pending` is split into held, waiting (no attempt yet) and retrying. */
export function stateOf(line: { state: string; attempt_count: number; held?: string | null }): string {
  if (line.state !== "pending") return line.state;
  if (line.held) return "held";
  return line.attempt_count > 0 ? "retrying" : "waiting";
}

/** The response of the last attempt: its status, or how it ended. */
export function responseLabel({
  status,
  outcome,
}: {
  status: number | null;
  outcome: string | null;
}): string {
  if (status !== null) return String(status);
  return outcome === null ? "" : outcomeWords(outcome).toLowerCase();
}

/** Why a delivery was skipped, and what to do. */
export function skipWords(reason: string | null, subscription: string): { why: string; next: string } {
  switch (reason) {
    case "disabled":
      return {
        why: `${subscription} was disabled when the event arrived, so nothing was sent.`,
        next: "Enable the subscription, then send the skipped deliveries.",
      };
    case "filtered":
      return {
        why: `The filter of ${subscription} excluded this event when it was replayed.`,
        next: "Change the filter if this event should be sent.",
      };
    case "over_cap":
      return {
        why: `The queue of ${subscription} was full, so this delivery was skipped.`,
        next: "Send it once the queue has drained.",
      };
    default:
      return {
        why: `It was never sent to ${subscription}.`,
        next: "Send it now if the endpoint should receive it.",
      };
  }
}

/** Why there are no further automatic attempts. */
export function failureWords(failure: string | null): string | null {
  switch (failure) {
    case "exhausted":
      return "All scheduled attempts failed. There are no further automatic retries.";
    case "rejected":
      return "The response indicates that a retry would not help. There are no further automatic retries.";
    case "gone":
      return "The endpoint responded that it is gone, so the subscription was disabled.";
    case "blocked":
      return "Hookbench never sends to this address.";
    default:
      return null;
  }
}

const ACTORS: Record<string, string> = {
  you: "you",
  receiver: "the receiver's team",
  network: "the network operator",
  platform: "the platform",
};
export const actorWords = (who: string): string => ACTORS[who] ?? who;

/** The end of an id, enough to distinguish two. */
export const shortId = (id: string): string => (id.length > 10 ? `…${id.slice(-6)}` : id);

/** The next automatic attempt, with its number; `null` if there is none. */
export function nextWords(
  line: { state: string; attempt_count: number; next_attempt_at: string | null; held?: string | null },
  now: number,
): string | null {
  if (line.state === "in_flight") return `Attempt ${line.attempt_count} is in flight.`;
  if (line.state !== "pending" || line.held || line.next_attempt_at === null) return null;
  const at = Date.parse(line.next_attempt_at);
  const number = line.attempt_count + 1;
  return at <= now ? `Attempt ${number} is due now.` : `Attempt ${number} ${relative(at, now)}.`;
}
