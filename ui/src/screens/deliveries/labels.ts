// Deliveries in words: states, answers, why something was not sent, what comes next.

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
  http_status: "Refused",
  timeout: "Timed out",
  dns: "Name not found",
  connect: "No connection",
  tls: "TLS failed",
  reset: "Connection lost",
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

/** What people call pending, split in those that are held, and those before and after their first attempt. */
export function stateOf(line: { state: string; attempt_count: number; held?: string | null }): string {
  if (line.state !== "pending") return line.state;
  if (line.held) return "held";
  return line.attempt_count > 0 ? "retrying" : "waiting";
}

/** The answer of the last attempt in one word: its status, or how it ended. */
export function answer({ status, outcome }: { status: number | null; outcome: string | null }): string {
  if (status !== null) return String(status);
  return outcome === null ? "" : outcomeWords(outcome).toLowerCase();
}

/** Why a delivery was never sent, and what to do. */
export function skipWords(reason: string | null, subscription: string): { why: string; next: string } {
  switch (reason) {
    case "disabled":
      return {
        why: `${subscription} was switched off when the event came, so nothing was sent.`,
        next: "Switch the subscription on; then send what was skipped.",
      };
    case "filtered":
      return {
        why: `The filter of ${subscription} left this event out when it was replayed.`,
        next: "Widen the subscription's events if it should get this one.",
      };
    case "over_cap":
      return {
        why: `More deliveries were waiting for ${subscription} than may wait, so this one was left out.`,
        next: "Send it once the queue has shrunk.",
      };
    default:
      return { why: `It was never sent to ${subscription}.`, next: "Send it now if it should arrive." };
  }
}

/** Why no more attempts follow by themselves. */
export function failureWords(failure: string | null): string | null {
  switch (failure) {
    case "exhausted":
      return "Every attempt of the schedule failed, so no more follow by themselves.";
    case "rejected":
      return "The answer means that trying again would not help, so no more attempts follow by themselves.";
    case "gone":
      return "The receiver said that it is gone; the subscription was switched off.";
    case "blocked":
      return "The address is one that is never sent to.";
    default:
      return null;
  }
}

const ACTORS: Record<string, string> = {
  you: "you",
  receiver: "the receiver's team",
  network: "whoever runs the network",
  platform: "the platform",
};
export const actorWords = (who: string): string => ACTORS[who] ?? who;

/** The end of an id, enough to tell two apart. */
export const shortId = (id: string): string => (id.length > 10 ? `…${id.slice(-6)}` : id);

/** What follows by itself, with the number of the attempt; nothing where nothing does. */
export function nextWords(
  line: { state: string; attempt_count: number; next_attempt_at: string | null; held?: string | null },
  now: number,
): string | null {
  if (line.state === "in_flight") return `Attempt ${line.attempt_count} is under way.`;
  if (line.state !== "pending" || line.held || line.next_attempt_at === null) return null;
  const at = Date.parse(line.next_attempt_at);
  const number = line.attempt_count + 1;
  return at <= now ? `Attempt ${number} is due now.` : `Attempt ${number} follows ${relative(at, now)}.`;
}
