import { expect, it } from "vitest";
import { codePoint, guess } from "./code";

it("names_characters_that_cannot_be_seen", () => {
  expect(codePoint(0x202e)).toBe("U+202E");
  expect(codePoint(0)).toBe("U+0000");
  expect(codePoint(0xe0041)).toBe("U+E0041");
});

it("takes_objects_and_lists_for_json", () => {
  expect(guess(' {"a":1}')).toBe("json");
  expect(guess("[]")).toBe("json");
  expect(guess("<html>")).toBe("text");
});
