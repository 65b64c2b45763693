// Labels for received requests.

import type { PostbackMapping, ReceivedView, SourceView } from "~/api/types";
import type { Tone } from "~/theme";

/** The result of a received request. */
export type RequestResult = "accepted" | "duplicate" | "rejected";

export function resultOf({ code }: ReceivedView): RequestResult {
  if (code === "ok") return "accepted";
  return code === "duplicate" ? "duplicate" : "rejected";
}

export const RESULTS: Record<RequestResult, { word: string; tone: Tone }> = {
  accepted: { word: "Accepted", tone: "ok" },
  duplicate: { word: "Duplicate", tone: "skip" },
  rejected: { word: "Rejected", tone: "fail" },
};

const REASONS: Record<string, string> = {
  ok: "Verified, stored and sent to matching subscriptions.",
  duplicate: "This event was received before. It is stored once and sent once.",
  missing_signature: "The request has no signature.",
  malformed_signature: "The signature header does not match the format of this scheme.",
  missing_timestamp: "The signature timestamp is missing.",
  malformed_timestamp: "The signature timestamp is not a number of seconds.",
  stale_timestamp: "The signature is valid but too old.",
  future_timestamp: "The signature is valid but its timestamp lies in the future.",
  duplicate_header: "A signature header is present more than once.",
  unsupported_version: "This scheme does not support the signature version.",
  mismatch: "The signature does not match: the secret or the bytes differ from what was signed.",
  wrong_token: "The token in the path is missing or wrong.",
  address_not_allowed: "The sender's IP address is not allowed for this source.",
  method_not_allowed: "The method is not allowed.",
  unsupported_type: "The content type is not supported.",
  missing_parameter: "A required postback parameter is missing or empty.",
  unexpanded_macro: "The sender did not expand a macro in the postback.",
  duplicate_parameter: "A parameter is present twice with different values.",
  reserialized: "The relay re-serialized the body, so its bytes cannot be verified.",
  body_too_large: "The body is larger than 1 MiB.",
  request_too_slow: "The request did not complete within 15 seconds.",
  broken_body: "The body is truncated or its framing is invalid.",
  bad_event_id: "The id is not a valid event id.",
  event_conflict: "An event with the same id but other content is already stored.",
};

/** Why a request was accepted or rejected, in a sentence. */
export function reason({ code, detail }: ReceivedView): string {
  return REASONS[code] ?? detail ?? `Rejected: ${code.replaceAll("_", " ")}.`;
}

const BY_SIGNATURE = new Set([
  "missing_signature",
  "malformed_signature",
  "missing_timestamp",
  "malformed_timestamp",
  "stale_timestamp",
  "future_timestamp",
  "duplicate_header",
  "unsupported_version",
  "mismatch",
]);

/** Whether the signature lab can diagnose a rejection. */
export function isAboutSignature({ code }: ReceivedView): boolean {
  return BY_SIGNATURE.has(code);
}

/** Keys for requests, which have no ids of their own: several may arrive in one millisecond. */
export function withKeys(requests: readonly ReceivedView[]): { key: string; request: ReceivedView }[] {
  const seen = new Map<string, number>();
  // Counted from the oldest, so that a key stays with its request when more arrive.
  return requests
    .toReversed()
    .map((request) => {
      const before = seen.get(request.at) ?? 0;
      seen.set(request.at, before + 1);
      return { key: before === 0 ? request.at : `${request.at} ${before}`, request };
    })
    .toReversed();
}

/** The URL of a source: the receiver's address and the path, with the token if it is known. */
export function sourceUrl(receiver: string, source: Pick<SourceView, "path">, token?: string): string {
  const path = token === undefined ? source.path : source.path.replace("{token}", token);
  return `${receiver.replace(/\/$/, "")}${path}`;
}

/** The postback URL to enter at a network, with macros as values. */
export function postbackUrl(
  base: string,
  { fields, dedupe, type_param, key_param }: PostbackMapping,
): string {
  const names = [
    ...(fields ?? []).map(({ param }) => param),
    ...(dedupe ?? []),
    ...(type_param ? [type_param] : []),
  ];
  const unique = [...new Set(names)];
  const key = key_param ? [`${encodeURIComponent(key_param)}=YOUR-KEY`] : [];
  const pairs = [...unique.map((name) => `${encodeURIComponent(name)}={${name}}`), ...key];
  return pairs.length === 0 ? `${base}?click_id={click_id}` : `${base}?${pairs.join("&")}`;
}

/** A body for display: text, or base64 if it is not text. */
export function shownBody(kept: { body: string } | { body_base64: string }): {
  text: string;
  isText: boolean;
} {
  return "body" in kept ? { text: kept.body, isText: true } : { text: kept.body_base64, isText: false };
}
