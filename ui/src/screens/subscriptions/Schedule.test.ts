import { expect, test } from "vitest";
import { labelled } from "./Schedule";

test("labels that would run into each other are left out, the ends never are", () => {
  expect(labelled([0, 0.02, 0.3, 0.35, 0.85, 1])).toEqual([true, false, true, false, false, true]);
  expect(labelled([0])).toEqual([true]);
});
