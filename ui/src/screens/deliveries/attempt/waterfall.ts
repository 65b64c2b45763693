// The waterfall of an attempt: how long each phase took. Pure.

import type { AttemptView } from "~/api/types";
import { duration } from "~/parts/format";

export type Phase = "dns" | "connect" | "tls" | "wait" | "body";

export interface Segment {
  phase: Phase;
  /** In microseconds. */
  us: number;
  /** From the left, in per cent of the scale. */
  left: number;
  width: number;
}

export const PHASES: readonly { phase: Phase; name: string }[] = [
  { phase: "dns", name: "DNS" },
  { phase: "connect", name: "Connect" },
  { phase: "tls", name: "TLS" },
  { phase: "wait", name: "Waiting for response" },
  { phase: "body", name: "Body" },
];

/** The phases of an attempt in sequence, on a scale of `full` microseconds. Phases are durations; the first * byte is measured from the start, and the remaining time before it is waiting.
 */
export function segments(
  { timings, response }: Pick<AttemptView, "timings" | "response">,
  full: number,
): Segment[] {
  const { dns_us, connect_us, tls_us, first_byte_us, total_us } = timings;
  const scale = Math.max(full, 1);
  const found: Segment[] = [];
  let at = 0;
  const add = (phase: Phase, us: number | null) => {
    const cut = Math.min(us ?? 0, total_us - at);
    if (cut <= 0) return;
    found.push({ phase, us: cut, left: (at / scale) * 100, width: (cut / scale) * 100 });
    at += cut;
  };
  add("dns", dns_us);
  add("connect", connect_us);
  add("tls", tls_us);
  add("wait", (first_byte_us ?? total_us) - at);
  if (first_byte_us !== null && response !== null) add("body", total_us - at);
  return found;
}

/** The scale that fits every attempt, in microseconds. */
export const fullScale = (attempts: readonly Pick<AttemptView, "timings">[]): number =>
  Math.max(1, ...attempts.map(({ timings }) => timings.total_us));

/** A duration in microseconds, more precise if short: `0.4 ms`, `46 ms`, `1.2 s`. */
export function fine(us: number): string {
  if (us >= 10_000) return duration(us / 1000);
  return `${(us / 1000).toFixed(us < 1000 ? 2 : 1)} ms`;
}

/** How long after the previous attempt it began: `first`, or `+5 min`. */
export function gapWords(
  attempt: Pick<AttemptView, "started_at">,
  before: Pick<AttemptView, "started_at"> | undefined,
): string {
  if (before === undefined) return "first";
  return `+${duration(Date.parse(attempt.started_at) - Date.parse(before.started_at))}`;
}

/** The numbers of the attempts that reused a connection. */
export const reusedNumbers = (attempts: readonly Pick<AttemptView, "number" | "connection">[]): number[] =>
  attempts.filter(({ connection }) => connection.reused).map(({ number }) => number);

/** The waterfall in words, for screen readers. */
export function timingWords(found: readonly Segment[], total_us: number): string {
  const names = new Map(PHASES.map(({ phase, name }) => [phase, name]));
  const parts = found.map(({ phase, us }) => `${names.get(phase) ?? phase} ${fine(us)}`);
  return [...parts, `${fine(total_us)} in total`].join(", ");
}
