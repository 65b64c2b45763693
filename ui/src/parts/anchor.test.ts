import { expect, it } from "vitest";
import { anchored } from "./anchor";

const rows = ["d", "c", "b", "a"];

it("keeps_the_row_at_the_top_edge_when_rows_come_above", () => {
  expect(anchored(rows, ["f", "e", ...rows], 40, 32)).toEqual({ top: 104, above: 2 });
});

it("keeps_the_next_row_when_the_one_at_the_edge_left", () => {
  expect(anchored(rows, ["e", "d", "b", "a"], 32, 32)).toEqual({ top: 32, above: 0 });
});

it("stays_when_rows_come_below_or_when_nothing_is_left", () => {
  expect(anchored(rows, [...rows, "z"], 33, 32)).toEqual({ top: 33, above: 0 });
  expect(anchored(rows, ["x"], 33, 32)).toEqual({ top: 33, above: 0 });
});
