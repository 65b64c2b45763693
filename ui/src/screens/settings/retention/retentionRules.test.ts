import { expect, test } from "vitest";
import { limitsOf, rulesOf } from "./retentionRules";

test("the form shows gigabytes and keeps bytes", () => {
  const limits = limitsOf({ bodies_days: 30, rows_days: null, max_bytes: 2 * 1024 ** 3 });
  expect(limits).toEqual({ bodies: 30, rows: null, gigabytes: 2 });
  expect(rulesOf({ ...limits, gigabytes: 0.5 })).toEqual({
    bodies_days: 30,
    rows_days: null,
    max_bytes: 512 * 1024 ** 2,
  });
  expect(rulesOf({ bodies: null, rows: null, gigabytes: null }).max_bytes).toBeNull();
});
