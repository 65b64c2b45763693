import { expect, test } from "vitest";
import { addSample } from "./useRate";

test("a rate is sampled every two seconds, however often it is told", () => {
  const kept = { values: [] as number[], at: 0 };
  expect(addSample(kept, 1, 100_000)).toBe(true);
  expect(addSample(kept, 2, 100_500)).toBe(false);
  expect(addSample(kept, 3, 102_000)).toBe(true);
  expect(kept.values).toEqual([1, 3]);
});

test("after a long silence the past is forgotten, and the past has an end", () => {
  const kept = { values: [5, 5], at: 100_000 };
  addSample(kept, 1, 200_000);
  expect(kept.values).toEqual([1]);
  for (let i = 1; i <= 100; i++) addSample(kept, i, 200_000 + i * 2000);
  expect(kept.values).toHaveLength(60);
});
