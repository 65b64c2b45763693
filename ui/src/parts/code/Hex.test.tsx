import { expect, test } from "vitest";
import { byteRuns, visibleByte } from "./Hex";

test("marks cut the bytes into runs, overlapping ones into one", () => {
  expect(
    byteRuns(6, [
      [1, 3],
      [2, 4],
    ]),
  ).toEqual([
    { from: 0, to: 1, marked: false },
    { from: 1, to: 4, marked: true },
    { from: 4, to: 6, marked: false },
  ]);
  expect(byteRuns(0, [[0, 9]])).toEqual([]);
});

test("no byte is invisible", () => {
  expect([0x0a, 0x20, 0x41, 0x7f, 0xc3].map(visibleByte).join("")).toBe("⏎␣A␡·");
});
