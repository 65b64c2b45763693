import { expect, it } from "vitest";
import { linePath } from "./spark";

it("leaves_a_gap_where_nothing_was_measured", () => {
  expect(linePath([0, 10, null, 5], 30, 13)).toBe("M0 11.5L10 1.5M30 6.5");
  expect(linePath([null, null], 30, 13)).toBe("");
});
