// uPlot behind `Chart`.

import "uplot/dist/uPlot.min.css";
import { useComputedColorScheme } from "@mantine/core";
import { useEffect, useRef } from "react";
import uPlot from "uplot";
import { count } from "../format";
import { barWidth, type ChartProps, soft, stacked } from "./chartData";

export default function ChartView(props: ChartProps) {
  const { label, times, series, height = 160, axes = true, format = count, onPick, picked } = props;
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const scheme = useComputedColorScheme("light");
  const latest = useRef({ times, series, format, onPick, picked });
  useEffect(() => {
    latest.current = { times, series, format, onPick, picked };
  });

  const optionsKey = JSON.stringify([
    series.map((s) => [s.label, s.tone, s.kind]),
    height,
    axes,
    onPick !== undefined,
  ]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the colors depend on the scheme, the rest on the options
  useEffect(() => {
    const parent = box.current;
    if (!parent) return;
    const chart = new uPlot(options(parent, latest, { height, axes }), stacked(times, series), parent);
    plot.current = chart;
    const resized = new ResizeObserver(() => chart.setSize({ width: parent.clientWidth, height }));
    resized.observe(parent);
    return () => {
      resized.disconnect();
      chart.destroy();
      plot.current = null;
    };
  }, [optionsKey, scheme]);

  useEffect(() => {
    plot.current?.setData(stacked(times, series));
  }, [times, series]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the selection is drawn over the bars
  useEffect(() => {
    plot.current?.redraw(false);
  }, [picked?.[0], picked?.[1]]);

  return <div ref={box} role="img" aria-label={label} style={{ height, width: "100%", minWidth: 0 }} />;
}

type Latest = Pick<ChartProps, "times" | "series" | "onPick" | "picked"> & {
  format: (value: number) => string;
};

type Size = { height: number; axes: boolean };

const hour = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const day = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" });
const DAY_S = 86_400;

function options(
  parent: HTMLElement,
  latest: { readonly current: Latest },
  { height, axes }: Size,
): uPlot.Options {
  const style = getComputedStyle(parent);
  const colour = (token: string) => style.getPropertyValue(`--${token}`).trim();
  const axis = {
    stroke: colour("faint"),
    grid: { stroke: colour("line"), width: 1 },
    ticks: { show: false },
    font: "11px Inter Variable, sans-serif",
  };
  const { series, onPick } = latest.current;
  const bars = series.some((s) => s.kind === "bars");
  return {
    width: parent.clientWidth,
    height,
    legend: { show: false },
    padding: axes ? [8, 8, 0, 0] : [4, 0, 0, 0],
    cursor: {
      y: false,
      points: { show: false },
      drag: { x: onPick !== undefined, y: false, setScale: false },
    },
    scales: {
      x: { time: true, range: (u, min, max) => paddedRange(u.data[0], min, max, bars) },
      y: { range: (_, _min, max) => [0, Math.max(1, max) * 1.05] },
    },
    axes: axes
      ? [
          {
            ...axis,
            grid: { show: false },
            size: 24,
            space: 70,
            values: (_, ticks, _axis, _space, step) =>
              ticks.map((t) => (step >= DAY_S ? day : hour).format(t * 1000)),
          },
          { ...axis, size: 44, values: (_, ticks) => ticks.map((t) => latest.current.format(t)) },
        ]
      : [{ show: false }, { show: false }],
    series: [
      {},
      // The tallest stack is drawn first, so that the others cover it.
      ...series.toReversed().map(
        ({ label, tone, kind = "line" }): uPlot.Series => ({
          label,
          stroke: colour(tone),
          width: kind === "bars" ? 0 : 1.5,
          points: { show: false },
          ...(kind === "bars"
            ? {
                fill: soft(colour(tone), colour("panel")),
                paths: uPlot.paths.bars?.({ size: [barWidth, 24] }),
              }
            : {}),
        }),
      ),
    ],
    hooks: {
      drawClear: [
        (u) => {
          const { picked } = latest.current;
          if (!picked) return;
          const from = u.valToPos(picked[0] / 1000, "x", true);
          const to = u.valToPos(picked[1] / 1000, "x", true);
          u.ctx.fillStyle = colour("accent-bg");
          u.ctx.fillRect(from, u.bbox.top, to - from, u.bbox.height);
        },
      ],
      setSelect: [
        (u) => {
          const { left, width } = u.select;
          if (width < 2) return;
          const at = (x: number) => Math.round(u.posToVal(x, "x") * 1000);
          u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
          latest.current.onPick?.(at(left), at(left + width));
        },
      ],
    },
  };
}

/** The range of times, with bars half a slot more on both sides. */
function paddedRange(times: ArrayLike<number>, min: number, max: number, bars: boolean): [number, number] {
  const half = bars && times.length > 1 ? (max - min) / (times.length - 1) / 2 : 0;
  return [min - half, max + half];
}
