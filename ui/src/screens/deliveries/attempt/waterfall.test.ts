import { expect, test } from "vitest";
import type { TimingsView } from "~/api/types";
import { gapWords, segments, timingWords } from "./waterfall";

const timings = (given: Partial<TimingsView>): TimingsView => ({
  dns_ms: null,
  connect_ms: null,
  tls_ms: null,
  first_byte_ms: null,
  total_ms: 0,
  dns_us: null,
  connect_us: null,
  tls_us: null,
  first_byte_us: null,
  total_us: 0,
  ...given,
});
const response = { status: 200, headers: [], truncated: false, body: "" };

test("the steps follow each other and end with the attempt", () => {
  const found = segments(
    {
      timings: timings({ dns_us: 10, connect_us: 10, tls_us: 20, first_byte_us: 90, total_us: 100 }),
      response,
    },
    200,
  );
  expect(found.map(({ phase, us }) => `${phase} ${us}`)).toEqual([
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
  const found = segments({ timings: timings({ first_byte_us: 26, total_us: 26 }), response }, 26);
  expect(found).toEqual([{ phase: "wait", us: 26, left: 0, width: 100 }]);
});

test("an attempt that timed out waits to its end and has no body", () => {
  const found = segments(
    { timings: timings({ connect_us: 400, total_us: 10_000_000 }), response: null },
    10_000_000,
  );
  expect(found.map(({ phase }) => phase)).toEqual(["connect", "wait"]);
  expect(timingWords(found, 10_000_000)).toBe("Connect 0.40 ms, Waiting for response 9.9 s, 10 s in total");
});

test("steps never reach beyond the attempt", () => {
  const found = segments({ timings: timings({ dns_us: 5, connect_us: 9, total_us: 8 }), response: null }, 8);
  expect(found.map(({ us }) => us)).toEqual([5, 3]);
});

test("the gap is told from one start to the next", () => {
  const at = (started_at: string) => ({ started_at });
  expect(gapWords(at("2026-05-08T04:00:05Z"), at("2026-05-08T04:00:00Z"))).toBe("+5 s");
  expect(gapWords(at("2026-05-08T04:00:05Z"), undefined)).toBe("first");
});
