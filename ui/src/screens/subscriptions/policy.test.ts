import { expect, test } from "vitest";
import { covers, labelled, places, readPolicy, waitsInWords } from "./policy";

test("the waits are told as people say them", () => {
  expect(waitsInWords([1000, 5000, 300_000])).toBe("after 1 s, 5 s and 5 min");
  expect(waitsInWords([300_000, 3_600_000], true)).toBe("after 5 min and 1 h, then again every 1 h");
  expect(waitsInWords([])).toBe("never tried again");
  expect(covers([1000, 5000])).toBe(6000);
});

test("attempts stay in order on the line and end at its end", () => {
  const at = places([0, 1000, 6000, 7_200_000]);
  expect(at[0]).toBe(0);
  expect(at.at(-1)).toBe(1);
  expect(at.toSorted((a, b) => a - b)).toEqual(at);
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

test("labels that would run into each other are left out, the ends never are", () => {
  expect(labelled([0, 0.02, 0.3, 0.35, 0.85, 1])).toEqual([true, false, true, false, false, true]);
  expect(labelled([0])).toEqual([true]);
});
