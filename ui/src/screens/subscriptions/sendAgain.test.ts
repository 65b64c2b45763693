import { expect, test } from "vitest";
import { planWords, sinceOf } from "./sendAgain";

test("a span begins when the failing began, or so long ago", () => {
  expect(sinceOf("fail", "2026-05-08T04:00:00.000Z")).toBe("2026-05-08T04:00:00.000Z");
  expect(sinceOf("fail", null)).toBe("24h");
  expect(sinceOf("7d", null)).toBe("7d");
});

test("a moment that is typed counts once it is one of the past", () => {
  const at = sinceOf("at", null, "2026-01-02 03:04");
  expect(at).toBe(new Date(2026, 0, 2, 3, 4).toISOString());
  expect(["", "2026", "yesterday ok", "2999-01-01"].map((typed) => sinceOf("at", null, typed))).toEqual([
    null,
    null,
    null,
    null,
  ]);
});

test("a plan is told in words", () => {
  expect(planWords({ never_sent: 1200, odd: 1, skipped: undefined })).toEqual([
    ["Never sent", "1,200"],
    ["odd", "1"],
  ]);
});
