import { expect, test } from "vitest";
import { bytes, count, duration, local, moment, percent, plural, rate, relative } from ".";

test("durations have at most two units", () => {
  expect(duration(46)).toBe("46 ms");
  expect(duration(4800)).toBe("4.8 s");
  expect(duration(9990)).toBe("9.9 s");
  expect(duration(59_999)).toBe("59 s");
  expect(duration(65_000)).toBe("1 min 5 s");
  expect(duration(9_360_000)).toBe("2 h 36 min");
  expect(duration(8 * 86_400_000)).toBe("8 days");
  expect(duration(-5)).toBe("0 ms");
});

test("a moment is so long ago or so far ahead", () => {
  const now = Date.parse("2026-05-08T14:00:00Z");
  expect(relative(now - 300, now)).toBe("just now");
  expect(relative(now - 12_000, now)).toBe("12 s ago");
  expect(relative(now + 240_000, now)).toBe("in 4 min");
  expect(relative(now - 86_400_000, now)).toBe("1 day ago");
});

test("local time names the day only where it is another one", () => {
  const now = new Date(2026, 4, 8, 14, 0, 0).getTime();
  expect(local(new Date(2026, 4, 8, 9, 5, 7).getTime(), now)).toBe("09:05:07");
  expect(local(new Date(2026, 4, 7, 9, 5, 7).getTime(), now)).toBe("7 May 09:05:07");
  expect(local(new Date(2025, 4, 7, 9, 5, 7).getTime(), now)).toBe("7 May 2025 09:05:07");
});

test("a share is all or nothing only when it is", () => {
  expect(percent(1)).toBe("100%");
  expect(percent(0.99999)).toBe("99.99%");
  expect(percent(0.712)).toBe("71.2%");
  expect(percent(0.000001)).toBe("0.01%");
  expect(percent(0)).toBe("0%");
});

test("counts, rates and sizes read as people say them", () => {
  expect(count(41206)).toBe("41,206");
  expect(count(10_001, 10_000)).toBe("10,000+");
  expect(plural(1, "delivery", "deliveries")).toBe("1 delivery");
  expect(plural(2, "delivery", "deliveries")).toBe("2 deliveries");
  expect(rate(0.44)).toBe("0.4");
  expect(rate(18.2)).toBe("18");
  expect(bytes(74)).toBe("74 bytes");
  expect(bytes(3120)).toBe("3.1 KB");
});

test("what is no time is nothing", () => {
  expect(moment("yesterday")).toBeUndefined();
  expect(moment(null)).toBeUndefined();
  expect(moment("2026-05-08T04:51:35.080Z")).toBe(1778215895080);
});
