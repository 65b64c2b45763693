import { expect, test } from "vitest";
import type { OperationView } from "~/api/types";
import { doing, results, shownOperations } from "./operations";

const operation = (change: Partial<OperationView>): OperationView => ({
  id: "opr_1",
  kind: "recover",
  state: "running",
  ended: false,
  subscription: "sub_1",
  subscription_name: "CRM",
  asked: {},
  total: 10,
  waiting: 4,
  in_flight: 1,
  delivered: 4,
  failed: 1,
  left_out: 0,
  rate_per_second: 10,
  canary: true,
  why: null,
  held: null,
  last_failure: null,
  failures: [],
  created_at: "2026-05-08T04:00:00.000Z",
  started_at: null,
  finished_at: null,
  ...change,
});

test("running operations are shown, and those that ended since the window opened until they are dismissed", () => {
  const since = Date.parse("2026-05-08T05:00:00.000Z");
  const works = operation({ id: "a" });
  const old = operation({ id: "b", ended: true, state: "done", finished_at: "2026-05-08T04:59:00.000Z" });
  const fresh = operation({
    id: "c",
    ended: true,
    state: "stopped",
    finished_at: "2026-05-08T05:01:00.000Z",
  });
  expect(shownOperations([fresh, old, works], since, []).map(({ id }) => id)).toEqual(["c", "a"]);
  expect(shownOperations([fresh, old, works], since, ["c"]).map(({ id }) => id)).toEqual(["a"]);
});

test("an operation says what it does, to whom, and how it went", () => {
  expect(doing(operation({}))).toBe("Recovering failed deliveries to CRM");
  expect(doing(operation({ state: "canary" }))).toBe(
    "Recovering failed deliveries to CRM: sending the canary",
  );
  expect(doing(operation({ kind: "retry", state: "stopped", ended: true, subscription_name: null }))).toBe(
    "Retrying deliveries: stopped",
  );
  expect(results(operation({}))).toBe(", 4 delivered, 1 failed");
  expect(results(operation({ delivered: 0, failed: 0 }))).toBe("");
});
