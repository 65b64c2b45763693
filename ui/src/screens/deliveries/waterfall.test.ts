import { expect, test } from "vitest";
import type { TimingsView } from "~/api/types";
import { gapWords, segments, timingWords } from "./waterfall";

const timings = (given: Partial<TimingsView>): TimingsView => ({
  dns_ms: null,
  connect_ms: null,
  tls_ms: null,
  first_byte_ms: null,
  total_ms: 0,
  ...given,
});
const response = { status: 200, headers: [], truncated: false, body: "" };

test("the steps follow each other and end with the attempt", () => {
  const found = segments(
    {
      timings: timings({ dns_ms: 10, connect_ms: 10, tls_ms: 20, first_byte_ms: 90, total_ms: 100 }),
      response,
    },
    200,
  );
  expect(found.map(({ phase, ms }) => `${phase} ${ms}`)).toEqual([
    "dns 10",
    "connect 10",
    "tls 20",
    "wait 50",
    "body 10",
  ]);
  expect(found.map(({ left }) => left)).toEqual([0, 5, 10, 20, 45]);
  expect(found.at(-1)?.width).toBe(5);
});

test("a reused connection only waits", () => {
  const found = segments({ timings: timings({ first_byte_ms: 26, total_ms: 26 }), response }, 26);
  expect(found).toEqual([{ phase: "wait", ms: 26, left: 0, width: 100 }]);
});

test("an attempt that timed out waits to its end and has no body", () => {
  const found = segments({ timings: timings({ connect_ms: 2, total_ms: 1000 }), response: null }, 1000);
  expect(found.map(({ phase }) => phase)).toEqual(["connect", "wait"]);
  expect(timingWords(found, 1000)).toBe("Connect 2 ms, Waiting for the answer 998 ms; 1 s in all");
});

test("an attempt under a millisecond is still seen", () => {
  const [only] = segments({ timings: timings({ first_byte_ms: 0, connect_ms: 0 }), response }, 4);
  expect(only?.width).toBeGreaterThan(0);
});

test("the gap is told from one start to the next", () => {
  const at = (started_at: string) => ({ started_at });
  expect(gapWords(at("2026-05-08T04:00:05Z"), at("2026-05-08T04:00:00Z"))).toBe("+5 s");
  expect(gapWords(at("2026-05-08T04:00:05Z"), undefined)).toBe("first");
});
