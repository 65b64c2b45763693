import { expect, it } from "vitest";
import { glyph, offset, runs } from "./hex";

it("shows_every_byte_as_one_visible_character", () => {
  expect([0x0a, 0x20, 0x7b, 0x00, 0xff].map(glyph)).toEqual(["⏎", "␣", "{", "␀", "·"]);
});

it("joins_neighbours_that_are_marked_alike", () => {
  expect(runs(5, [[1, 3]])).toEqual([
    { from: 0, to: 1, marked: false },
    { from: 1, to: 3, marked: true },
    { from: 3, to: 5, marked: false },
  ]);
  expect(offset(74)).toBe("0000004a");
});
