// The last two minutes of a rate, sampled from the status.

import { useEffect, useState } from "react";
import { useCall } from "~/data";

const SAMPLE_MS = 2000;
const SAMPLES = 60;

/** Module state, so that it survives leaving the screen. */
const samples: { values: number[]; at: number } = { values: [], at: 0 };

/** Adds a value at most every two seconds; after a longer gap the older values are dropped. */
export function addSample(kept: { values: number[]; at: number }, value: number, now: number): boolean {
  if (now - kept.at < SAMPLE_MS - 100) return false;
  if (now - kept.at > SAMPLE_MS * 10) kept.values = [];
  kept.values = [...kept.values, value].slice(-SAMPLES);
  kept.at = now;
  return true;
}

/** Events per second: now, and over time. */
export function useRate(): { now: number | undefined; values: readonly number[] } {
  const { data, dataUpdatedAt } = useCall("status", null);
  const rate = data?.pulse?.events_per_s;
  const [values, setValues] = useState<readonly number[]>(samples.values);
  useEffect(() => {
    if (rate !== undefined && addSample(samples, rate, dataUpdatedAt)) setValues(samples.values);
  }, [rate, dataUpdatedAt]);
  return { now: rate, values };
}
