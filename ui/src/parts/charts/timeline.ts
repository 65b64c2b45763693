// Positions and labels of a retry schedule on a timeline. Pure.

import { duration } from "~/parts/format";

/** An attempt on the timeline. */
export interface Mark {
  /** From 0, the first attempt, to 1, the end of the timeline. */
  at: number;
  /** The time since the first attempt; empty where there is no room. */
  label: string;
}

/** The minimum distance of two labels, as a share of the timeline. */
const NEAR = 0.09;

/**
 * The position of a moment from 0 to 1, on a timeline of `longest` milliseconds. Delays grow from seconds
 * to days, so the timeline is logarithmic, which keeps attempts apart.
 */
export function positionOf(ms: number, longest: number): number {
  const scale = (span: number) => Math.log10(1 + span / 200);
  return longest <= 0 ? 0 : scale(Math.max(0, ms)) / scale(longest);
}

/** The attempts, by their milliseconds after the first. The first and last always have a label. */
export function marksOf(times: readonly number[], longest: number): Mark[] {
  const at = times.map((ms) => positionOf(ms, longest));
  const last = at.length - 1;
  let free = Number.NEGATIVE_INFINITY;
  return at.map((position, index) => {
    const fits = position >= free && (at[last] ?? 1) - position >= 2 * NEAR;
    const shown = index === 0 || index === last || fits;
    if (shown) free = position + NEAR;
    return { at: position, label: shown ? (index === 0 ? "0 s" : duration(times[index] ?? 0)) : "" };
  });
}
