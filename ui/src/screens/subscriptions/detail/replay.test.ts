import { afterEach, expect, test, vi } from "vitest";
import { momentProblem, planWords, sinceOf } from "./replay";

afterEach(() => vi.unstubAllEnvs());

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

test("what is typed is read as clocks show it here, a day alone as its midnight", () => {
  vi.stubEnv("TZ", "America/New_York");
  expect(sinceOf("at", null, "2026-01-02")).toBe("2026-01-02T05:00:00.000Z");
  expect(sinceOf("at", null, "2026-01-02 03:04")).toBe("2026-01-02T08:04:00.000Z");
  vi.stubEnv("TZ", "Asia/Kolkata");
  expect(sinceOf("at", null, "2026-01-02")).toBe("2026-01-01T18:30:00.000Z");
  expect(sinceOf("at", null, "2026-01-02T03:04:05")).toBe("2026-01-01T21:34:05.000Z");
  expect(sinceOf("at", null, "2026-01-02T03:04:05.678Z")).toBe("2026-01-02T03:04:05.678Z");
});

test("a day that no calendar has is no moment", () => {
  for (const typed of ["2026-02-31", "2026-02-31 10:00", "2026-13-01", "2026-01-02 25:00"])
    expect(sinceOf("at", null, typed)).toBeNull();
});

test("a moment is not wrong while it is typed, unless its day is", () => {
  const moment = "2026-01-02 03:04";
  for (let keys = 0; keys <= moment.length; keys++)
    expect(momentProblem(moment.slice(0, keys), false)).toBeUndefined();
  expect(momentProblem("2026-01-02 03:", true)).toMatch("Enter a date and time");
  for (const typed of ["2999-01-01", "2999-01-01 1", "2026-02-31 10", "yesterday, ten", "2026-01-02 25:00"])
    expect(momentProblem(typed, false)).toMatch("Enter a date and time");
});

test("a plan is told in words", () => {
  expect(planWords({ never_sent: 1200, odd: 1, skipped: undefined })).toEqual([
    ["Never sent", "1,200"],
    ["odd", "1"],
  ]);
});
