import { expect, test } from "vitest";
import { marksOf, positionOf } from "./timeline";

test("the first attempt is at the start, the last at the end, in order", () => {
  const times = [0, 1000, 6000, 7_200_000];
  const at = marksOf(times, 7_200_000).map((mark) => mark.at);
  expect(at[0]).toBe(0);
  expect(at.at(-1)).toBe(1);
  expect(at.toSorted((a, b) => a - b)).toEqual(at);
});

test("labels that would overlap are left out, never the first or the last", () => {
  const marks = marksOf(
    Array.from({ length: 40 }, (_, index) => index * 3_600_000),
    39 * 3_600_000,
  );
  const labels = marks.filter((mark) => mark.label !== "");
  expect(labels.length).toBeLessThan(14);
  expect(marks[0]?.label).toBe("0 s");
  expect(marks.at(-1)?.label).toBe("1 day");
});

test("a single attempt is at the start, and an outage may be longer than the schedule", () => {
  expect(marksOf([0], 0)).toEqual([{ at: 0, label: "0 s" }]);
  expect(marksOf([0, 1000], 3_600_000).at(-1)?.at).toBeLessThan(1);
  expect(positionOf(3_600_000, 3_600_000)).toBe(1);
});
