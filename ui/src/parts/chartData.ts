// What a chart is given, as the plotting library wants it. Pure.

import type { ChartSeries } from "./Chart";

/** The share of its slot that a bar takes. */
export const barWidth = 0.7;

type Column = (number | null)[];

/** Times in seconds, then the series from last to first, with bars stacked on the bars before them. */
export function stacked(times: readonly number[], series: readonly ChartSeries[]): [number[], ...Column[]] {
  const floor: number[] = times.map(() => 0);
  const columns = series.map(({ values, kind }) =>
    times.map((_, i): number | null => {
      const value = values[i] ?? null;
      if (kind !== "bars") return value;
      floor[i] = (floor[i] ?? 0) + (value ?? 0);
      return floor[i] ?? 0;
    }),
  );
  return [times.map((t) => t / 1000), ...columns.toReversed()];
}

/**
 * A tone for areas: 60% of it on the ground, opaque, so that stacked bars do not mix. Takes and gives
 * `#rrggbb`; what is not written so stays as it is.
 */
export function soft(tone: string, ground: string): string {
  const over = channels(tone);
  const under = channels(ground);
  if (!over || !under) return tone;
  const mixed = over.map((value, i) => Math.round(0.6 * value + 0.4 * (under[i] ?? 0)));
  return `#${mixed.map((value) => value.toString(16).padStart(2, "0")).join("")}`;
}

function channels(colour: string): number[] | null {
  const hex = /^#([0-9a-f]{6})$/i.exec(colour)?.[1];
  return hex ? [0, 2, 4].map((at) => Number.parseInt(hex.slice(at, at + 2), 16)) : null;
}
