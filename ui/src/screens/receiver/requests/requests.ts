// What came to a source, in words.

import type { PostbackMapping, ReceivedView, SourceView } from "~/api/types";
import type { Tone } from "~/theme";

/** What became of a request. */
export type Fate = "accepted" | "duplicate" | "refused";

export function fateOf({ code }: ReceivedView): Fate {
  if (code === "ok") return "accepted";
  return code === "duplicate" ? "duplicate" : "refused";
}

export const FATES: Record<Fate, { word: string; tone: Tone }> = {
  accepted: { word: "Accepted", tone: "ok" },
  duplicate: { word: "Duplicate", tone: "skip" },
  refused: { word: "Refused", tone: "fail" },
};

const REASONS: Record<string, string> = {
  ok: "Verified, kept and passed on.",
  duplicate: "This event came before. It was kept once, and nothing is sent twice.",
  missing_signature: "It carries no signature.",
  malformed_signature: "Its signature header is not of the form of this scheme.",
  missing_timestamp: "The time that belongs to the signature is missing.",
  malformed_timestamp: "The time in its signature is not a number of seconds.",
  stale_timestamp: "The signature is right, but too old.",
  future_timestamp: "The signature is right, but its time lies in the future.",
  duplicate_header: "A header of the signature came more than once.",
  unsupported_version: "Its signature is of a version that this scheme does not know.",
  mismatch: "The signature does not match: another secret, or other bytes than were signed.",
  wrong_token: "The token in the path is missing or another one.",
  address_not_allowed: "It came from an address that this source does not take requests from.",
  method_not_allowed: "Its method is not taken here.",
  unsupported_type: "Its content type is not taken here.",
  missing_parameter: "A parameter that the postback needs is missing or empty.",
  unexpanded_macro: "A macro in the postback was not expanded by the sender.",
  duplicate_parameter: "A parameter came twice with different values.",
  reserialized: "Re-serialised by the relay: its bytes cannot be verified.",
  body_too_large: "Its body is larger than 1 MiB.",
  request_too_slow: "It did not arrive whole within 15 seconds.",
  broken_body: "Its body was cut off or is framed wrongly.",
  bad_event_id: "Its id cannot be used as an event's id.",
  event_conflict: "Another event with the same id and other content is kept already.",
};

/** Why a request was taken or refused, in a sentence. */
export function reason({ code, detail }: ReceivedView): string {
  return REASONS[code] ?? detail ?? `It was refused: ${code.replaceAll("_", " ")}.`;
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

/** Whether the signature lab can say more about a refusal. */
export function isAboutSignature({ code }: ReceivedView): boolean {
  return BY_SIGNATURE.has(code);
}

/** Names a request within its source: they have no ids, and several may come in one millisecond. */
export function withKeys(requests: readonly ReceivedView[]): { key: string; request: ReceivedView }[] {
  const seen = new Map<string, number>();
  // Counted from the oldest, so that a key stays with its request when more come.
  return requests
    .toReversed()
    .map((request) => {
      const before = seen.get(request.at) ?? 0;
      seen.set(request.at, before + 1);
      return { key: before === 0 ? request.at : `${request.at} ${before}`, request };
    })
    .toReversed();
}

/** Where a source is reached: the receiver's address and its path, with the token where it is known. */
export function sourceUrl(receiver: string, source: Pick<SourceView, "path">, token?: string): string {
  const path = token === undefined ? source.path : source.path.replace("{token}", token);
  return `${receiver.replace(/\/$/, "")}${path}`;
}

/** The postback URL to enter at a network, with its macros in place of values. */
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

/** A body as it is shown: text, or base64 where it is none. */
export function shownBody(kept: { body: string } | { body_base64: string }): {
  text: string;
  isText: boolean;
} {
  return "body" in kept ? { text: kept.body, isText: true } : { text: kept.body_base64, isText: false };
}
