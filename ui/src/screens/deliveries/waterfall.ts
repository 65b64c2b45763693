// An attempt as a bar: where its time went. Pure.

import type { AttemptView } from "~/api/types";
import { duration } from "~/parts/words";

export type Phase = "dns" | "connect" | "tls" | "wait" | "body";

export interface Segment {
  phase: Phase;
  /** In milliseconds. */
  ms: number;
  /** From the left, in per cent of the scale. */
  left: number;
  width: number;
}

export const PHASES: readonly { phase: Phase; name: string }[] = [
  { phase: "dns", name: "DNS" },
  { phase: "connect", name: "Connect" },
  { phase: "tls", name: "TLS" },
  { phase: "wait", name: "Waiting for the answer" },
  { phase: "body", name: "Body" },
];

/** The steps of an attempt one after the other, on a scale of `full` milliseconds. Steps are durations;
 * the first byte is measured from the start, and what is left before it is waiting. */
export function segments(
  { timings, response }: Pick<AttemptView, "timings" | "response">,
  full: number,
): Segment[] {
  const { dns_ms, connect_ms, tls_ms, first_byte_ms, total_ms } = timings;
  const scale = Math.max(full, 1);
  const found: Segment[] = [];
  let at = 0;
  const add = (phase: Phase, ms: number | null) => {
    if (ms === null || ms <= 0) return;
    const cut = Math.min(ms, Math.max(total_ms - at, 0));
    found.push({ phase, ms: cut, left: (at / scale) * 100, width: (cut / scale) * 100 });
    at += cut;
  };
  add("dns", dns_ms);
  add("connect", connect_ms);
  add("tls", tls_ms);
  add("wait", (first_byte_ms ?? total_ms) - at);
  if (first_byte_ms !== null && response !== null) add("body", total_ms - at);
  if (found.length === 0) {
    // Under a millisecond there is nothing to tell apart, but it did happen.
    const phase = response === null && first_byte_ms === null && connect_ms === null ? "connect" : "wait";
    found.push({ phase, ms: 0, left: 0, width: (0.5 / scale) * 100 });
  }
  return found;
}

/** The scale that fits every attempt. */
export const fullScale = (attempts: readonly Pick<AttemptView, "timings">[]): number =>
  Math.max(1, ...attempts.map(({ timings }) => timings.total_ms));

/** How long after the one before an attempt began: `first`, or `5 min later`. */
export function gapWords(
  attempt: Pick<AttemptView, "started_at">,
  before: Pick<AttemptView, "started_at"> | undefined,
): string {
  if (before === undefined) return "first";
  return `+${duration(Date.parse(attempt.started_at) - Date.parse(before.started_at))}`;
}

/** The numbers of the attempts that went over a connection opened before. */
export const reusedNumbers = (attempts: readonly Pick<AttemptView, "number" | "connection">[]): number[] =>
  attempts.filter(({ connection }) => connection.reused).map(({ number }) => number);

/** An attempt's time in words, for those who do not see the bar. */
export function timingWords(found: readonly Segment[], total_ms: number): string {
  const names = new Map(PHASES.map(({ phase, name }) => [phase, name]));
  const parts = found.map(
    ({ phase, ms }) => `${names.get(phase) ?? phase} ${ms < 1 ? "under 1 ms" : duration(ms)}`,
  );
  return `${parts.join(", ")}; ${duration(total_ms)} in all`;
}
