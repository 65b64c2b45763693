import { expect, it } from "vitest";
import { choice, flag, number, text, words } from "./search";

it("takes_what_makes_sense_and_drops_the_rest", () => {
  const raw = {
    q: "woo",
    empty: "",
    n: "12",
    bad: "x",
    states: ["failed", 3, null],
    one: "failed",
    on: true,
  };
  expect(text(raw, "q")).toBe("woo");
  expect(text(raw, "empty")).toBeUndefined();
  expect(number(raw, "n")).toBe(12);
  expect(number(raw, "bad")).toBeUndefined();
  expect(number(raw, "missing")).toBeUndefined();
  expect(words(raw, "states")).toEqual(["failed", "3"]);
  expect(words(raw, "one")).toEqual(["failed"]);
  expect(words(raw, "missing")).toBeUndefined();
  expect(choice(raw, "one", ["failed", "delivered"])).toBe("failed");
  expect(choice(raw, "one", ["delivered"])).toBeUndefined();
  expect(flag(raw, "on")).toBe(true);
  expect(flag(raw, "q")).toBeUndefined();
});
