import { expect, test } from "vitest";
import { nextWords, responseLabel, shortId, skipWords, stateOf, statusWords } from "./labels";

test("an answer is its status, else how the attempt ended, else nothing yet", () => {
  expect(responseLabel({ status: 401, outcome: "http_status" })).toBe("401");
  expect(responseLabel({ status: null, outcome: "timeout" })).toBe("timed out");
  expect(responseLabel({ status: null, outcome: null })).toBe("");
});

test("a pending delivery waits before its first attempt and retries after it", () => {
  expect(stateOf({ state: "pending", attempt_count: 0 })).toBe("waiting");
  expect(stateOf({ state: "pending", attempt_count: 2 })).toBe("retrying");
  expect(stateOf({ state: "failed", attempt_count: 2 })).toBe("failed");
  expect(stateOf({ state: "pending", attempt_count: 2, held: "vault" })).toBe("held");
});

test("a status without a usual name stands alone", () => {
  expect(statusWords(401)).toBe("401 Unauthorized");
  expect(statusWords("599")).toBe("599");
});

test("every reason for skipping says why and what to do", () => {
  for (const reason of ["disabled", "filtered", "over_cap", "new reason", null]) {
    const { why, next } = skipWords(reason, "CRM");
    expect(why).toContain("CRM");
    expect(next).toMatch(/\.$/);
  }
});

test("what comes next is told with its number", () => {
  const line = { state: "pending", attempt_count: 2, next_attempt_at: "2026-05-08T04:00:00.000Z" };
  expect(nextWords(line, Date.parse("2026-05-08T03:58:00.000Z"))).toBe("Attempt 3 in 2 min.");
  expect(nextWords(line, Date.parse("2026-05-08T04:00:02.000Z"))).toBe("Attempt 3 is due now.");
  expect(nextWords({ ...line, state: "in_flight" }, 0)).toBe("Attempt 2 is in flight.");
  expect(nextWords({ ...line, state: "delivered", next_attempt_at: null }, 0)).toBeNull();
  expect(nextWords({ ...line, held: "interrupted" }, 0)).toBeNull();
});

test("a short id tells two of one moment apart", () => {
  expect(shortId("dlv_01ARZ3NDEKTSV4RRFFQ69G5FAV")).toBe("…9G5FAV");
});
