import { expect, test } from "vitest";
import { planWords, sinceOf } from "./sendAgain";

test("a span begins when the failing began, or so long ago", () => {
  expect(sinceOf("fail", "2026-05-08T04:00:00.000Z")).toBe("2026-05-08T04:00:00.000Z");
  expect(sinceOf("fail", null)).toBe("24h");
  expect(sinceOf("7d", null)).toBe("7d");
});

test("a plan is told in words", () => {
  expect(planWords({ never_sent: 1200, odd: 1, skipped: undefined })).toEqual([
    ["Never sent", "1,200"],
    ["odd", "1"],
  ]);
});
