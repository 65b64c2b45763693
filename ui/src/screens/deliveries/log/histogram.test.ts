import { expect, test } from "vitest";
import { brushed, positionOf, rangeLabel, spanOf } from "./histogram";

const bar = { delivered: 1, failed: 0, other: 0 };
const view = {
  from: "2026-05-08T00:00:00.000Z",
  width_ms: 60_000,
  capped: false,
  bars: Array.from({ length: 10 }, () => bar),
};
const minute = (n: number) => Date.parse(view.from) + n * 60_000;

test("a brush picks whole bars, in either direction", () => {
  expect(brushed(view, 0.35, 0.12)).toEqual({ from: minute(1), until: minute(4) });
  expect(brushed(view, 0.5, 0.5)).toEqual({ from: minute(5), until: minute(6) });
});

test("a brush that leaves the bars ends at their edge", () => {
  expect(brushed(view, -1, 2)).toEqual(spanOf(view));
});

test("a stretch in the address is found again on the bars", () => {
  const place = positionOf(view, new Date(minute(2)).toISOString(), new Date(minute(4)).toISOString());
  expect(place?.left).toBeCloseTo(0.2);
  expect(place?.width).toBeCloseTo(0.2);
  expect(positionOf(view)).toBeNull();
  expect(positionOf(view, "2020-01-01T00:00:00Z", "2020-01-02T00:00:00Z")).toBeNull();
});

test("a stretch of another day names the day", () => {
  const now = Date.parse("2026-05-20T12:00:00Z");
  expect(rangeLabel({ from: minute(0), until: minute(1) }, now)).toMatch(/8 May .* to 8 May/);
});
