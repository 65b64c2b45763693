// A subscription's attempts of the last hour as bars: green if all succeeded, red if none did, amber
// if some did.

import type { AttemptCountsView } from "~/api/types";
import { plural } from "../format";
import { Sparkline, type SparklineBar } from "./Sparkline";

/** The bar of one interval. */
export function barOf({ good, bad }: AttemptCountsView): SparklineBar {
  return { value: good + bad, tone: bad === 0 ? "ok" : good === 0 ? "fail" : "retry" };
}

/** The hour in words, for screen readers. */
export function attemptsLabel(attempts: readonly AttemptCountsView[]): string {
  const good = attempts.reduce((sum, t) => sum + t.good, 0);
  const bad = attempts.reduce((sum, t) => sum + t.bad, 0);
  if (good + bad === 0) return "No attempts in the last hour";
  return `${plural(good + bad, "attempt")} in the last hour, ${bad === 0 ? "none" : bad} failed`;
}

export interface AttemptsSparklineProps {
  attempts: readonly AttemptCountsView[];
  /** Pixels; as wide as the bars by default. */
  width?: number | "100%";
  height?: number;
}

export function AttemptsSparkline({ attempts, width, height = 18 }: AttemptsSparklineProps) {
  const words = attemptsLabel(attempts);
  return (
    <span title={words} style={{ display: "block" }}>
      <Sparkline values={attempts.map(barOf)} label={words} width={width} height={height} />
    </span>
  );
}
