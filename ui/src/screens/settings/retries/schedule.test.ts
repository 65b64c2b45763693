import { expect, test } from "vitest";
import type { ScheduleView } from "~/api/types";
import { layOut, meaning } from "./schedule";

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

test("the first send stands at the start and the last try at the end", () => {
  const { marks, outage } = layOut(plan([1000, 5000, 30_000, 300_000]));
  expect(marks.map((mark) => mark.at)[0]).toBe(0);
  expect(marks.at(-1)).toMatchObject({ at: 1, how: "attempt", label: "5 min 36 s" });
  expect(outage).toBeNull();
});

test("a schedule whose outage is left out has none", () => {
  const { down_until: _, ...bare } = plan([1000]);
  const { marks, outage } = layOut(bare as ScheduleView);
  expect(outage).toBeNull();
  expect(marks.map((mark) => mark.at)).toEqual([0, 1]);
});

test("an outage tells lost tries from the one that arrives and those to spare", () => {
  const { marks } = layOut(plan([1000, 5000, 30_000, 300_000], 20_000));
  expect(marks.map((mark) => mark.how)).toEqual(["lost", "lost", "lost", "delivers", "spare"]);
});

test("an outage longer than the schedule ends the line", () => {
  const { marks, outage } = layOut(plan([1000, 5000], 3_600_000));
  expect(outage).toBe(1);
  expect(marks.every((mark) => mark.how === "lost" && mark.at < 1)).toBe(true);
});

test("labels that would touch are left out, never the last", () => {
  const { marks } = layOut(plan(Array.from({ length: 40 }, () => 3_600_000)));
  const labelled = marks.filter((mark) => mark.label !== "");
  expect(labelled.length).toBeLessThan(14);
  expect(marks.at(-1)?.label).not.toBe("");
});

test("the schedule is said in a sentence", () => {
  expect(meaning(plan([1000, 5000]))).toBe("3 attempts over 6 s. A shorter outage loses no events.");
  expect(meaning(plan([]))).toBe("Sent once, no retries.");
});
