import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { atMostEvery } from "./client";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

it("runs_at_most_once_in_the_stretch_and_never_loses_the_last_call", () => {
  const run = vi.fn();
  const hint = atMostEvery(100, run);
  for (let i = 0; i < 50; i++) hint.call();
  expect(run).toHaveBeenCalledTimes(1);
  vi.advanceTimersByTime(100);
  expect(run).toHaveBeenCalledTimes(2);
  vi.advanceTimersByTime(1000);
  expect(run).toHaveBeenCalledTimes(2);
  hint.call();
  expect(run).toHaveBeenCalledTimes(3);
});
