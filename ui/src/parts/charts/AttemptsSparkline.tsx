// A subscription's last hour as bars: green where every attempt got through, red where none did,
// amber where some did.

import type { TriesView } from "~/api/types";
import { plural } from "../format";
import { Spark, type SparkBar } from "./Sparkline";

/** One bar of a stretch of attempts. */
export function barOf({ good, bad }: TriesView): SparkBar {
  return { value: good + bad, tone: bad === 0 ? "ok" : good === 0 ? "fail" : "retry" };
}

/** The hour in words, for those who do not see the bars. */
export function triesInWords(tries: readonly TriesView[]): string {
  const good = tries.reduce((sum, t) => sum + t.good, 0);
  const bad = tries.reduce((sum, t) => sum + t.bad, 0);
  if (good + bad === 0) return "No attempts in the last hour";
  return `${plural(good + bad, "attempt")} in the last hour, ${bad === 0 ? "none" : bad} failed`;
}

export interface TriesProps {
  tries: readonly TriesView[];
  /** Pixels; as wide as the bars unless said. */
  width?: number | "100%";
  height?: number;
}

export function Tries({ tries, width, height = 18 }: TriesProps) {
  const words = triesInWords(tries);
  return (
    <span title={words} style={{ display: "block" }}>
      <Spark values={tries.map(barOf)} label={words} width={width} height={height} />
    </span>
  );
}
