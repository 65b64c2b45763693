import { QueryObserver } from "@tanstack/react-query";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { followHints, HINT_MS, newClient } from "./client";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function watched(live = true) {
  const client = newClient();
  const answers: (() => void)[] = [];
  const ask = vi.fn(() => new Promise<number>((resolve) => answers.push(() => resolve(answers.length))));
  const observer = new QueryObserver(client, { queryKey: ["status"], queryFn: ask, meta: { live } });
  const stopWatching = observer.subscribe(() => {});
  let hint = () => {};
  const stop = followHints(client, (changed) => {
    hint = changed;
    return () => {};
  });
  const answer = async () => {
    answers.at(-1)?.();
    await vi.advanceTimersByTimeAsync(0);
  };
  return {
    ask,
    answer,
    hint: () => hint(),
    end: () => {
      stop();
      stopWatching();
      client.clear();
    },
  };
}

test("a burst of hints is answered at once and then at most every tenth of a second", async () => {
  const { ask, answer, hint, end } = watched();
  await answer();
  for (let i = 0; i < 50; i++) hint();
  expect(ask).toHaveBeenCalledTimes(2);
  await answer();
  await vi.advanceTimersByTimeAsync(HINT_MS);
  expect(ask).toHaveBeenCalledTimes(3);
  await answer();
  await vi.advanceTimersByTimeAsync(HINT_MS * 5);
  expect(ask).toHaveBeenCalledTimes(3);
  end();
});

test("a hint that comes while the answer is under way asks once more", async () => {
  const { ask, answer, hint, end } = watched();
  hint();
  expect(ask).toHaveBeenCalledTimes(1);
  await vi.advanceTimersByTimeAsync(HINT_MS);
  await answer();
  expect(ask).toHaveBeenCalledTimes(2);
  end();
});

test("what does not change by itself is left alone", async () => {
  const { ask, answer, hint, end } = watched(false);
  await answer();
  hint();
  await vi.advanceTimersByTimeAsync(HINT_MS * 3);
  expect(ask).toHaveBeenCalledTimes(1);
  end();
});
