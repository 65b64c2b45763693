// A chart over time, drawn by uPlot in the colours of the theme.
import { useComputedColorScheme } from "@mantine/core";
import { useEffect, useMemo, useRef } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import type { Tone } from "../theme";
import { clock, count, day, moment } from "../words";
import css from "./chart.module.css";

/** One line, or one layer of bars. */
export interface Series {
  label: string;
  /** One value per point in time; null where nothing was measured. */
  values: readonly (number | null)[];
  tone: Tone;
}

/** What a chart shows. */
export interface ChartProps {
  /** What it shows, in words, for screen readers. */
  label: string;
  /** Points in time, in milliseconds, rising. */
  times: readonly number[];
  series: readonly Series[];
  /** Lines if not said. Bars stand on each other, the first series at the bottom. */
  kind?: "lines" | "bars";
  /** In pixels; 160 if not said. */
  height?: number;
  /** Whether axes and grid are drawn; true if not said. */
  axes?: boolean;
  /** How a value is written; as a count if not said. */
  format?: (value: number) => string;
  /** Called with a stretch of time, in milliseconds, that the user dragged over. */
  onBrush?: (from: number, to: number) => void;
  /** The stretch that is chosen. */
  brush?: readonly [from: number, to: number] | null;
}

/** Values of bars that stand on each other: each layer on the sum of those before it. */
export function stacked(series: readonly Series[]): (number | null)[][] {
  const sums: number[] = [];
  return series.map((one) =>
    one.values.map((value, n) => {
      const sum = (sums[n] ?? 0) + (value ?? 0);
      sums[n] = sum;
      return sum;
    }),
  );
}

/** Ticks of the time axis, in seconds: days where the axis spans more than two, else hours and minutes. */
export function timeLabels(ticks: readonly number[]): string[] {
  const span = (ticks.at(-1) ?? 0) - (ticks[0] ?? 0);
  return ticks.map((at) => (span > 2 * 86_400 ? day(at * 1000, at * 1000) : clock(at * 1000).slice(0, 5)));
}

export function Chart(props: ChartProps) {
  const { label, times, series, kind = "lines", height = 160, axes = true, brush } = props;
  const scheme = useComputedColorScheme("light", { getInitialValueInEffect: false });
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const latest = useRef(props);
  latest.current = props;
  const shape = series.map((one) => `${one.label}:${one.tone}`).join();
  const brushes = props.onBrush !== undefined;

  const data = useMemo(() => {
    const seconds = times.map((ms) => ms / 1000);
    const layers = kind === "bars" ? stacked(series).reverse() : series.map((one) => [...one.values]);
    return [seconds, ...layers] as uPlot.AlignedData;
  }, [times, series, kind]);
  const dataNow = useRef(data);
  dataNow.current = data;

  // biome-ignore lint/correctness/useExhaustiveDependencies: the scheme changes what the variables say.
  useEffect(() => {
    const parent = host.current;
    if (!parent) return;
    const style = getComputedStyle(parent);
    const colour = (name: string) => style.getPropertyValue(`--${name}`).trim();
    const write = (value: number) => (latest.current.format ?? count)(value);
    const layers = shape.split(",").map((one) => one.split(":"));
    if (kind === "bars") layers.reverse();
    const font = '11px "Inter Variable", sans-serif';
    const axis: uPlot.Axis = {
      stroke: colour("faint"),
      font,
      grid: { stroke: colour("line"), width: 1 },
      ticks: { show: false },
      gap: 4,
    };
    const size = () => ({ width: Math.max(1, parent.clientWidth), height });
    const made = new uPlot(
      {
        ...size(),
        padding: axes ? [8, 8, 0, 0] : [4, 0, 0, 0],
        legend: { show: false },
        cursor: {
          y: false,
          points: { show: false },
          drag: { x: brushes, y: false, setScale: false },
        },
        scales: { x: { time: true }, y: { range: (_, _low, high) => [0, high > 0 ? high * 1.08 : 1] } },
        axes: axes
          ? [
              { ...axis, grid: { show: false }, size: 24, values: (_, ticks) => timeLabels(ticks) },
              { ...axis, size: 44, values: (_, ticks) => ticks.map(write) },
            ]
          : [{ show: false }, { show: false }],
        series: [
          {},
          ...layers.map(([name = "", tone = "ok"]): uPlot.Series => {
            const stroke = colour(tone);
            return kind === "bars"
              ? {
                  label: name,
                  fill: `color-mix(in srgb, ${stroke} ${tone === "ok" ? 40 : 90}%, ${colour("panel")})`,
                  width: 0,
                  points: { show: false },
                  ...(uPlot.paths.bars ? { paths: uPlot.paths.bars({ size: [0.7, 24], align: 1 }) } : {}),
                }
              : { label: name, stroke, width: 1.5, points: { show: false } };
          }),
        ],
        hooks: {
          setSelect: [
            (u) => {
              if (!brushes || u.select.width < 3) return;
              const from = u.posToVal(u.select.left, "x") * 1000;
              const to = u.posToVal(u.select.left + u.select.width, "x") * 1000;
              u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
              latest.current.onBrush?.(Math.round(from), Math.round(to));
            },
          ],
          drawClear: [
            (u) => {
              const chosen = latest.current.brush;
              if (!chosen) return;
              const left = u.valToPos(chosen[0] / 1000, "x", true);
              const right = u.valToPos(chosen[1] / 1000, "x", true);
              u.ctx.fillStyle = colour("accent-bg");
              u.ctx.fillRect(left, u.bbox.top, right - left, u.bbox.height);
            },
          ],
          setCursor: [
            (u) => {
              const n = u.cursor.idx;
              const tip = parent.querySelector<HTMLElement>("[data-tip]");
              if (!tip) return;
              const at = n === null || n === undefined ? undefined : latest.current.times[n];
              tip.hidden = at === undefined;
              if (at === undefined || n === null || n === undefined) return;
              const when = moment(at, Date.now());
              const told = latest.current.series.map((one) => {
                const value = one.values[n];
                return `${one.label} ${value === null || value === undefined ? "–" : write(value)}`;
              });
              tip.textContent = [when, ...told].join(" · ");
            },
          ],
        },
      },
      dataNow.current,
      parent,
    );
    plot.current = made;
    const observer = new ResizeObserver(() => made.setSize(size()));
    observer.observe(parent);
    return () => {
      observer.disconnect();
      made.destroy();
      plot.current = null;
    };
  }, [scheme, shape, kind, height, axes, brushes]);

  useEffect(() => plot.current?.setData(data), [data]);
  const [from, to] = brush ?? [0, 0];
  // biome-ignore lint/correctness/useExhaustiveDependencies: another stretch is drawn anew.
  useEffect(() => plot.current?.redraw(false), [from, to]);

  return (
    <div className={css.chart} ref={host} role="img" aria-label={label} style={{ height }}>
      <span className={css.tip} data-tip hidden />
    </div>
  );
}
