import { expect, test } from "vitest";
import { flag, integer, list, oneOf, text } from "./search";

test("an id of digits stays text", () => {
  expect(text(12345)).toBe("12345");
  expect(text("")).toBeUndefined();
  expect(text({})).toBeUndefined();
});

test("one word is a list of one, and what is no word is left out", () => {
  expect(list("failed")).toEqual(["failed"]);
  expect(list(["failed", null, "", 401])).toEqual(["failed", "401"]);
  expect(list([])).toBeUndefined();
});

test("what is no whole number is nothing", () => {
  expect(integer("401")).toBe(401);
  expect(integer(4.5)).toBeUndefined();
  expect(integer("")).toBeUndefined();
});

test("only known words and true flags pass", () => {
  expect(oneOf(["request", "response"], "response")).toBe("response");
  expect(oneOf(["request", "response"], "toString")).toBeUndefined();
  expect(flag("false")).toBeUndefined();
  expect(flag(true)).toBe(true);
});
