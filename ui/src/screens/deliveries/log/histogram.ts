// The histogram: from positions to time spans and back. Pure.

import type { Bar, HistogramView } from "~/api/types";

export const total = ({ delivered, failed, other }: Bar): number => delivered + failed + other;

/** From which moment to which, in milliseconds since 1970. */
export interface TimeSpan {
  from: number;
  until: number;
}

export function spanOf({ from, width_ms, bars }: HistogramView): TimeSpan {
  const start = Date.parse(from);
  return { from: start, until: start + width_ms * bars.length };
}

/** The bar under a place from 0 (left) to 1 (right). */
export const barAt = (place: number, bars: number): number =>
  Math.min(bars - 1, Math.max(0, Math.floor(place * bars)));

/** The time span between two positions of a brush: whole bars. */
export function brushed(view: HistogramView, a: number, b: number): TimeSpan {
  const { from } = spanOf(view);
  const low = barAt(Math.min(a, b), view.bars.length);
  const high = barAt(Math.max(a, b), view.bars.length);
  return { from: from + low * view.width_ms, until: from + (high + 1) * view.width_ms };
}

/** Where a time span lies on the histogram, as shares from 0 to 1; `null` if outside. */
export function positionOf(
  view: HistogramView,
  since?: string,
  until?: string,
): { left: number; width: number } | null {
  if (since === undefined && until === undefined) return null;
  const span = spanOf(view);
  const whole = Math.max(span.until - span.from, 1);
  const share = (at: number) => Math.min(1, Math.max(0, (at - span.from) / whole));
  const left = share(since === undefined ? span.from : Date.parse(since));
  const right = share(until === undefined ? span.until : Date.parse(until));
  return right > left ? { left, width: right - left } : null;
}

const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const day = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" });
const DAY_MS = 86_400_000;

/** A time span in local time: `14:00 to 14:15`, with the day if it is not today. */
export function rangeLabel({ from, until }: TimeSpan, now: number): string {
  const today = new Date(now).toDateString();
  const near = [from, until].every((at) => new Date(at).toDateString() === today);
  const write = (at: number) => (near ? clock.format(at) : `${day.format(at)} ${clock.format(at)}`);
  if (until - from >= DAY_MS && until - from < 2 * DAY_MS) return day.format(from);
  return `${write(from)} to ${write(until)}`;
}
