// Numbers over time, with axes; a stretch of time can be picked by dragging.

import { lazy, Suspense } from "react";
import type { Tone } from "~/theme";

export interface ChartSeries {
  label: string;
  /** One value for each time; `null` leaves a gap. */
  values: readonly (number | null)[];
  tone: Tone;
  /** `bars` are stacked on the bars before them; `line` unless said. */
  kind?: "line" | "bars";
}

export interface ChartProps {
  /** What it shows, for screen readers. */
  label: string;
  /** When each value was, in milliseconds since 1970, rising. */
  times: readonly number[];
  series: readonly ChartSeries[];
  /** Pixels; 160 unless said. */
  height?: number;
  /** Shows the axes; `true` unless said. */
  axes?: boolean;
  /** How values are written; whole numbers unless said. */
  format?: (value: number) => string;
  /** Called with the stretch the reader dragged over, in milliseconds since 1970. */
  onPick?: (from: number, to: number) => void;
  /** The stretch that is picked now. */
  picked?: readonly [from: number, to: number] | null;
}

const ChartView = lazy(() => import("./ChartView"));

export function Chart(props: ChartProps) {
  return (
    <Suspense fallback={<div style={{ height: props.height ?? 160 }} />}>
      <ChartView {...props} />
    </Suspense>
  );
}
