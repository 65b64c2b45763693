import { expect, test } from "vitest";
import { add, chosen, isPattern, matches, notIn, remove, toggle } from "./patterns";

const CATALOGUE = ["conversion.approved", "conversion.rejected", "conversion.created", "cap.reached"];

test("a pattern takes what is below it and nothing beside it", () => {
  expect(matches("conversion.*", "conversion.approved")).toBe(true);
  expect(matches("conversion.*", "conversions.approved")).toBe(false);
  expect(matches("*", "anything")).toBe(true);
  expect(matches("cap.reached", "cap.reached.twice")).toBe(false);
});

test("a goal is chosen wholly, in part or not at all", () => {
  const goal = ["conversion.approved", "conversion.rejected"];
  expect(chosen(["conversion.*"], goal)).toBe("all");
  expect(chosen(["conversion.approved"], goal)).toBe("some");
  expect(chosen(["cap.reached"], goal)).toBe("none");
  expect(chosen(["*"], goal)).toBe("none");
});

test("choosing a goal after everything leaves only the goal", () => {
  expect(add(["*"], ["cap.reached"])).toEqual(["cap.reached"]);
});

test("dropping a type out of a pattern keeps the other types that it covered", () => {
  expect(remove(["conversion.*", "cap.reached"], ["conversion.rejected"], CATALOGUE)).toEqual([
    "conversion.approved",
    "conversion.created",
    "cap.reached",
  ]);
});

test("toggling twice is where one began", () => {
  const goal = ["conversion.approved", "conversion.rejected"];
  const once = toggle(["cap.reached"], goal, CATALOGUE);
  expect(once).toEqual(["cap.reached", ...goal]);
  expect(toggle(once, goal, CATALOGUE)).toEqual(["cap.reached"]);
});

test("a star stands alone or at the end", () => {
  expect(["*", "a", "a.b", "a.*", "payment_completed"].every(isPattern)).toBe(true);
  expect(["", "a.", "a.*.b", "a*", ".a", "a b"].some(isPattern)).toBe(false);
});

test("patterns beside the catalogue are those that it does not name", () => {
  expect(notIn(["*", "conversion.*", "cap.reached", "own.thing"], CATALOGUE)).toEqual([
    "conversion.*",
    "own.thing",
  ]);
});
