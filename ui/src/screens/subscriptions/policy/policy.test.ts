import { expect, test } from "vitest";
import { attemptTimes, covers, delayWords, readDelays, readDuration, readPolicy, spell } from "./policy";

test("the retry delays are written as people say them", () => {
  expect(delayWords([1000, 5000, 300_000])).toBe("After 1 s, 5 s and 5 min");
  expect(delayWords([300_000, 3_600_000], true)).toBe("After 5 min and 1 h, then every 1 h");
  expect(delayWords([])).toBe("No retries");
  expect(covers([1000, 5000])).toBe(6000);
});

test("a policy that says less than expected is still read", () => {
  expect(readPolicy({ preset: "trcker", delays_ms: [1, "x"], final: ["4xx"] })).toMatchObject({
    preset: "trcker",
    delays_ms: [1],
    repeat_last: false,
    max_age_ms: null,
    final: ["4xx"],
    honour_retry_after: true,
  });
});

test("times are written so that they are read as the same again", () => {
  for (const ms of [1, 900, 1000, 90_500, 3_600_000, 5_400_000, 86_400_000, 12 * 86_400_000 + 1]) {
    expect(readDuration(spell(ms))).toBe(ms);
  }
  expect(spell(5_400_000)).toBe("1 h 30 min");
});

test("times are read as people type them, and what is none is not", () => {
  expect(["90s", "1.5 h", "2 minutes", "3 days", "250ms", "1h30m"].map(readDuration)).toEqual([
    90_000, 5_400_000, 120_000, 259_200_000, 250, 5_400_000,
  ]);
  expect(readDuration("  ")).toBeNull();
  expect(["5", "soon", "-1 s", "1 s,"].map(readDuration)).toEqual([
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
  expect(readDelays("1 s, 30 s,5 min")).toEqual([1000, 30_000, 300_000]);
  expect(readDelays("")).toEqual([]);
  expect(readDelays("1 s,,2 s")).toBeUndefined();
});

test("attempt times add up the delays, and repeat the last one where it is repeated", () => {
  expect(attemptTimes([1000, 5000], false, 9)).toEqual([0, 1000, 6000]);
  expect(attemptTimes([1000, 5000], true, 5)).toEqual([0, 1000, 6000, 11_000, 16_000]);
  expect(attemptTimes([], true, 5)).toEqual([0]);
});
