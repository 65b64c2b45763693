// Retry policies: reading them, durations as text, and attempt times.

import { duration } from "~/parts/format";

/** The parts of a policy that are shown. */
export interface Policy {
  preset: string | null;
  delays_ms: number[];
  repeat_last: boolean;
  max_age_ms: number | null;
  jitter: number;
  timeout_ms: number | null;
  final: string[];
  retry: string[];
  gone: string[];
  honour_retry_after: boolean;
}

const numbers = (value: unknown) => (Array.isArray(value) ? value.filter((v) => typeof v === "number") : []);
const texts = (value: unknown) => (Array.isArray(value) ? value.filter((v) => typeof v === "string") : []);
const number = (value: unknown) => (typeof value === "number" ? value : null);

/** Reads the policy of a subscription. */
export function readPolicy(policy: Record<string, unknown>): Policy {
  return {
    preset: typeof policy.preset === "string" ? policy.preset : null,
    delays_ms: numbers(policy.delays_ms),
    repeat_last: policy.repeat_last === true,
    max_age_ms: number(policy.max_age_ms),
    jitter: number(policy.jitter) ?? 0,
    timeout_ms: number(policy.timeout_ms),
    final: texts(policy.final),
    retry: texts(policy.retry),
    gone: texts(policy.gone),
    honour_retry_after: policy.honour_retry_after !== false,
  };
}

/** The retry delays in words: `after 1 s, 5 s, 30 s, 5 min, 30 min and 2 h`. */
export function delayWords(delays: readonly number[], repeatLast = false): string {
  if (delays.length === 0) return "No retries";
  const words = delays.map((ms) => duration(ms));
  const last = words.pop();
  const list = words.length > 0 ? `${words.join(", ")} and ${last}` : last;
  return repeatLast ? `After ${list}, then every ${last}` : `After ${list}`;
}

const UNITS: readonly (readonly [unit: string, ms: number])[] = [
  ["days", 86_400_000],
  ["h", 3_600_000],
  ["min", 60_000],
  ["s", 1000],
  ["ms", 1],
];

/** An exact duration for a form field: `1 h 30 min`. */
export function spell(ms: number): string {
  let left = ms;
  const words: string[] = [];
  for (const [unit, size] of UNITS) {
    const many = Math.floor(left / size);
    left -= many * size;
    if (many > 0) words.push(`${many} ${unit === "days" && many === 1 ? "day" : unit}`);
  }
  return words.join(" ") || "0 s";
}

const SPAN = /^(?:(\d+(?:\.\d+)?)\s*(days?|d|hours?|h|minutes?|min|m|seconds?|s|ms)\s*)+$/i;
const PART = /(\d+(?:\.\d+)?)\s*(days?|d|hours?|h|minutes?|min|ms|m|seconds?|s)/gi;
const SIZES: Record<string, number> = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1000 };

/** Reads `1 h 30 min`, `90s` or `3 days` as milliseconds; `null` if empty, `undefined` if invalid. */
export function readDuration(text: string): number | null | undefined {
  const given = text.trim();
  if (given === "") return null;
  if (!SPAN.test(given)) return undefined;
  let sum = 0;
  for (const [, many = "", unit = ""] of given.matchAll(PART)) {
    const word = unit.toLowerCase();
    sum += Number(many) * (word === "ms" ? 1 : (SIZES[word.charAt(0)] ?? 0));
  }
  return Number.isSafeInteger(Math.round(sum)) ? Math.round(sum) : undefined;
}

/** Reads delays separated by commas; `undefined` if one is invalid. */
export function readDelays(text: string): number[] | undefined {
  if (text.trim() === "") return [];
  const delays = text.split(",").map(readDuration);
  return delays.every((delay) => typeof delay === "number") ? delays : undefined;
}

/** The time of each attempt in milliseconds after the first; at most `most` where the last delay repeats. */
export function attemptTimes(delays: readonly number[], repeatLast: boolean, most: number): number[] {
  const at = [0];
  for (const delay of delays) at.push((at.at(-1) ?? 0) + delay);
  const last = delays.at(-1);
  while (repeatLast && last !== undefined && last > 0 && at.length < most) at.push((at.at(-1) ?? 0) + last);
  return at;
}

/** The longest outage that loses no events, in milliseconds. */
export function covers(delays: readonly number[]): number {
  return delays.reduce((sum, ms) => sum + ms, 0);
}
