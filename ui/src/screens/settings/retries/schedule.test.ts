import { expect, test } from "vitest";
import type { ScheduleView } from "~/api/types";
import { meaning, outageEndOf, rolesOf } from "./schedule";

const FROM = "2026-01-01T00:00:00.000Z";
const after = (ms: number) => new Date(Date.parse(FROM) + ms).toISOString();

function plan(waits: number[], down: number | null = null): ScheduleView {
  let since = 0;
  const attempts = [0, ...waits].map((wait_ms, index) => {
    since += wait_ms;
    return {
      number: index + 1,
      at: after(since),
      latest_at: after(since),
      wait_ms,
      since_first_ms: since,
      in_outage: down !== null && since < down,
    };
  });
  const saved = attempts.find((attempt) => !attempt.in_outage);
  return {
    platform: "trcker",
    from: FROM,
    ...(down === null ? {} : { down_until: after(down) }),
    attempts,
    total_attempts: attempts.length,
    last_at: after(since),
    covers_ms: since,
    ...(saved === undefined ? {} : { delivered_at: saved.at }),
    ...(down === null || saved === undefined ? {} : { delivered_by: saved.number }),
    lost: saved === undefined,
  };
}

test("an outage separates lost attempts from the successful one and those not needed", () => {
  const down = plan([1000, 5000, 30_000, 300_000], 20_000);
  expect(rolesOf(down)).toEqual(["lost", "lost", "lost", "delivers", "spare"]);
  expect(outageEndOf(down)).toBe(20_000);
});

test("a schedule without an outage has no end of one", () => {
  const { down_until: _, ...bare } = plan([1000]);
  expect(outageEndOf(bare)).toBeNull();
});

test("the schedule is described in a sentence", () => {
  expect(meaning(plan([1000, 5000]))).toBe("3 attempts over 6 s. A shorter outage loses no events.");
  expect(meaning(plan([]))).toBe("Sent once, no retries.");
});
