// A small chart without axes, for a row or a card.

import type { Tone } from "~/theme";

export interface SparklineBar {
  value: number;
  tone?: Tone;
}

export interface SparklineProps {
  /** Values from old to new; bars may have a tone of their own. */
  values: readonly (number | SparklineBar)[];
  kind?: "bars" | "line";
  tone?: Tone;
  /** Pixels, or `100%`; a line without a width takes what there is. */
  width?: number | "100%";
  height?: number;
  /** What it shows, for screen readers: `Deliveries of the last hour`. */
  label: string;
  /** The value that fills the height; the greatest by default. */
  max?: number;
}

export function Sparkline({
  values,
  kind = "bars",
  tone = "ok",
  width,
  height = 18,
  label,
  max,
}: SparklineProps) {
  const points = values.map((v) => (typeof v === "number" ? { value: v } : v));
  const top = Math.max(max ?? 0, ...points.map((p) => p.value), Number.MIN_VALUE);
  if (kind === "line") {
    const path = points
      .map((p, i) => {
        const x = points.length > 1 ? (i / (points.length - 1)) * 200 : 100;
        return `${i === 0 ? "M" : "L"}${x.toFixed(1)} ${(height - 2 - (p.value / top) * (height - 4)).toFixed(1)}`;
      })
      .join("");
    return (
      <svg
        role="img"
        aria-label={label}
        viewBox={`0 0 200 ${height}`}
        preserveAspectRatio="none"
        style={{ display: "block", width: width ?? "100%", height }}
      >
        <path
          d={path}
          fill="none"
          stroke={`var(--${tone})`}
          strokeWidth={1.5}
          strokeLinejoin="round"
          strokeLinecap="round"
          vectorEffect="non-scaling-stroke"
        />
      </svg>
    );
  }
  const full = points.length * 5 - 2;
  return (
    <svg
      role="img"
      aria-label={label}
      viewBox={`0 0 ${Math.max(full, 1)} ${height}`}
      preserveAspectRatio="none"
      style={{ display: "block", width: width ?? full, height }}
    >
      {points.map((p, i) => {
        const tall = p.value > 0 ? Math.max(2, (p.value / top) * height) : 2;
        const fill = p.value > 0 ? (p.tone ?? tone) : "skip";
        return (
          <rect
            // biome-ignore lint/suspicious/noArrayIndexKey: a bar is identified by its position
            key={i}
            x={i * 5}
            y={height - tall}
            width={3}
            height={tall}
            rx={1}
            fill={`var(--${fill})`}
            opacity={0.65}
          />
        );
      })}
    </svg>
  );
}
