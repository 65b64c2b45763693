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
