// The data of a chart, and its conversion for the plotting library. Pure.

import type { Tone } from "~/theme";

export interface ChartSeries {
  label: string;
  /** One value for each time; `null` leaves a gap. */
  values: readonly (number | null)[];
  tone: Tone;
  /** `bars` are stacked on the bars before them; `line` by default. */
  kind?: "line" | "bars";
}

export interface ChartProps {
  /** What it shows, for screen readers. */
  label: string;
  /** When each value was, in milliseconds since 1970, rising. */
  times: readonly number[];
  series: readonly ChartSeries[];
  /** Pixels; 160 by default. */
  height?: number;
  /** Shows the axes; `true` by default. */
  axes?: boolean;
  /** How values are written; whole numbers by default. */
  format?: (value: number) => string;
  /** Called with the time span that was dragged over, in milliseconds since 1970. */
  onPick?: (from: number, to: number) => void;
  /** The selected time span. */
  picked?: readonly [from: number, to: number] | null;
}

/** The width of a bar, as a share of its slot. */
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

/** The tone for areas: 60% on the ground, opaque, so that stacked bars do not mix. Takes and returns * `#rrggbb`; other values are returned unchanged.
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
