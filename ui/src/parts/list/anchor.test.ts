import { expect, test } from "vitest";
import { anchorAt, shiftOf } from "./anchor";

const id = (row: string) => row;
const places = (rows: string[]) => new Map(rows.map((row, i) => [row, i]));

test("rows that come in above are counted", () => {
  const anchor = anchorAt(["a", "b", "c"], id, 1);
  expect(anchor && shiftOf(anchor, places(["x", "y", "a", "b", "c"]))).toBe(2);
});

test("when the first row in sight vanishes, the next holds the place", () => {
  const anchor = anchorAt(["a", "b", "c"], id, 1);
  expect(anchor && shiftOf(anchor, places(["x", "a", "c"]))).toBe(0);
});

test("another list altogether does not move anything", () => {
  const anchor = anchorAt(["a", "b"], id, 0);
  expect(anchor && shiftOf(anchor, places(["p", "q"]))).toBe(0);
  expect(anchorAt([], id, 0)).toBeNull();
});
