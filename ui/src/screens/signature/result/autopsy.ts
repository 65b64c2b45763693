// Labels for the result of the lab.

import type { Autopsy, Difference, Step } from "~/api/types";
import { duration, plural } from "~/parts/format";
import { fromHex } from "../request/bytes";

/** The first sentence apart from the rest. */
export function firstSentence(text: string): [string, string] {
  const end = text.search(/[.!?] /);
  return end < 0 ? [text, ""] : [text.slice(0, end + 1), text.slice(end + 2)];
}

const TITLES: Record<string, string> = {
  header: "Signature header found",
  format: "Signature format valid",
  timestamp: "Timestamp readable",
  secret: "Secret fits the scheme",
  digest: "HMAC-SHA256 over the received bytes",
  age: "Timestamp within tolerance",
};

/** A check as it is listed. */
export interface StepLine {
  key: string;
  ok: boolean;
  title: string;
  /** The result in a few words. */
  result: string;
  /** The whole finding, if it is longer. */
  detail: string | null;
}

/** Findings up to this length are shown beside their title. */
const SHORT = 44;

/** The age of a signature, from the two times compared. */
function age(detail: string): string | null {
  const times = detail.match(/^signed at (\d+), compared with now (\d+)$/);
  if (times === null) return null;
  const gap = Number(times[2]) - Number(times[1]);
  return gap < 0 ? `${duration(-gap * 1000)} ahead` : gap === 0 ? "just now" : `${duration(gap * 1000)} old`;
}

function line({ name, ok, detail }: Step): StepLine {
  const short = name === "timestamp" ? age(detail) : null;
  const fits = detail.length <= SHORT;
  return {
    key: name,
    ok,
    title: TITLES[name] ?? name,
    result: short ?? (fits ? detail : ok ? "passed" : name === "digest" ? "does not match" : "failed"),
    detail: fits && short === null ? null : detail,
  };
}

/** The steps, followed by the match that was found, if any. */
export function stepLines({ steps, candidates, valid }: Autopsy): StepLine[] {
  const lines = steps.map(line);
  const first = candidates[0];
  const failed = steps.at(-1);
  if (!valid && first?.confidence === "proven" && failed?.name === "digest" && !failed.ok) {
    const title = `HMAC-SHA256 if it was ${first.detail}`;
    lines.push({ key: "found", ok: true, title, result: "matches", detail: null });
  }
  return lines;
}

/** The confidence of the explanation, in words. */
export function confidenceLabel({ valid, candidates }: Autopsy): string | null {
  const first = candidates[0];
  if (valid || !first) return null;
  if (first.confidence === "likely") return "Likely: the request shows signs of it";
  return `Proven: the digest matches after ${plural(first.changes.length, "change")}`;
}

/** How the length of the received body differs from the signed one; empty if it does not. */
export function lengthGap({ signed_bytes, received_bytes }: Difference): string {
  const gap = received_bytes - signed_bytes;
  if (gap === 0) return "";
  return `${plural(Math.abs(gap), "byte")} ${gap > 0 ? "more" : "fewer"} than signed`;
}

/** One row of the difference. */
export interface DifferenceRow {
  bytes: number[];
  /** Which of them differ from the other row, from and up to. */
  marks: [number, number][];
}

/** Bytes before the difference that are shown for orientation. */
const BEFORE = 4;
/** Bytes from the difference on, as many as fit. */
const AFTER = 10;

/** The two rows of a difference: the same bytes before it, then what each side has. */
export function differenceRows(
  difference: Difference,
  received: Uint8Array,
): { from: number; signed: DifferenceRow; received: DifferenceRow } {
  const from = Math.max(0, difference.offset - BEFORE);
  const before = [...received.subarray(from, difference.offset)];
  const sides = {
    signed: fromHex(difference.signed).slice(0, AFTER),
    received: fromHex(difference.received).slice(0, AFTER),
  };
  const row = (own: number[], other: number[]): DifferenceRow => ({
    bytes: [...before, ...own],
    marks: own.flatMap((byte, index): [number, number][] => {
      const at = before.length + index;
      return byte === other[index] ? [] : [[at, at + 1]];
    }),
  });
  return {
    from,
    signed: row(sides.signed, sides.received),
    received: row(sides.received, sides.signed),
  };
}
