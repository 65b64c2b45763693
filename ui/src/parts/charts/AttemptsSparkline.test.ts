import { expect, test } from "vitest";
import { attemptsLabel, barOf } from "./AttemptsSparkline";

test("a stretch is green, red or amber by what got through", () => {
  expect(barOf({ good: 3, bad: 0 })).toEqual({ value: 3, tone: "ok" });
  expect(barOf({ good: 0, bad: 2 })).toEqual({ value: 2, tone: "fail" });
  expect(barOf({ good: 1, bad: 2 })).toEqual({ value: 3, tone: "retry" });
});

test("the hour is told in words", () => {
  expect(attemptsLabel([])).toBe("No attempts in the last hour");
  expect(attemptsLabel([{ good: 1, bad: 0 }])).toBe("1 attempt in the last hour, none failed");
  expect(
    attemptsLabel([
      { good: 1, bad: 2 },
      { good: 4, bad: 0 },
    ]),
  ).toBe("7 attempts in the last hour, 2 failed");
});
