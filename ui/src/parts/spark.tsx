// A tiny chart in a line of text.
import type { Tone } from "../theme";

/** What a spark shows. */
export interface SparkProps {
  /** From old to new; null where nothing was measured. */
  values: readonly (number | null)[];
  /** What it shows, in words, for screen readers. */
  label: string;
  kind?: "line" | "bars";
  tone?: Tone;
  /** The colour of each bar, where they differ. */
  tones?: readonly Tone[];
  /** In pixels; the line takes all the width there is if not said. */
  width?: number;
  /** In pixels; 18 if not said. */
  height?: number;
}

/** The runs of a line: a gap in the values is a gap in the line. */
export function linePath(values: readonly (number | null)[], width: number, height: number): string {
  const known = values.filter((v): v is number => v !== null);
  if (known.length === 0) return "";
  const most = Math.max(...known);
  const least = Math.min(...known, 0);
  const span = most - least || 1;
  const step = values.length > 1 ? width / (values.length - 1) : 0;
  let pen = false;
  let path = "";
  values.forEach((value, n) => {
    if (value === null) {
      pen = false;
      return;
    }
    const y = height - 1.5 - ((value - least) / span) * (height - 3);
    path += `${pen ? "L" : "M"}${round(n * step)} ${round(y)}`;
    pen = true;
  });
  return path;
}

const round = (n: number) => Math.round(n * 100) / 100;

export function Spark({ values, label, kind = "line", tone = "ok", tones, width, height = 18 }: SparkProps) {
  if (kind === "line") {
    return (
      <svg
        role="img"
        aria-label={label}
        viewBox={`0 0 200 ${height}`}
        preserveAspectRatio="none"
        style={{ display: "block", width: width ?? "100%", height }}
      >
        <path
          d={linePath(values, 200, height)}
          fill="none"
          stroke={`var(--${tone})`}
          strokeWidth={1.5}
          strokeLinejoin="round"
          vectorEffect="non-scaling-stroke"
        />
      </svg>
    );
  }
  const most = Math.max(1, ...values.map((v) => v ?? 0));
  return (
    <svg
      role="img"
      aria-label={label}
      width={width ?? values.length * 5 - 2}
      height={height}
      style={{ display: "block" }}
    >
      {values.map((value, n) => {
        const some = value !== null && value > 0;
        const tall = some ? Math.max(4, (value / most) * height) : 2;
        return (
          <rect
            // biome-ignore lint/suspicious/noArrayIndexKey: a bar is its place.
            key={n}
            x={n * 5}
            y={height - tall}
            width={3}
            height={tall}
            rx={1}
            fill={`var(--${some ? (tones?.[n] ?? tone) : "mark"})`}
            opacity={some ? 0.6 : 0.5}
          />
        );
      })}
    </svg>
  );
}
