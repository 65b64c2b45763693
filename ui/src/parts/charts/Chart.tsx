// Numbers over time, with axes; a time span can be selected by dragging.

import { lazy, Suspense } from "react";
import type { ChartProps } from "./chartData";

const ChartView = lazy(() => import("./ChartView"));

export function Chart(props: ChartProps) {
  return (
    <Suspense fallback={<div style={{ height: props.height ?? 160 }} />}>
      <ChartView {...props} />
    </Suspense>
  );
}
