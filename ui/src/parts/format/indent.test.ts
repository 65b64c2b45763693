import { expect, test } from "vitest";
import { indent } from "./indent";

test("only space between tokens changes", () => {
  const text = '{"a":1.50,"b":{"c":[1,{"d":"x, {y}: \\"z\\""}],"e":[],"f":{}},"g":12345678901234567890}';
  const laid = indent(text);
  expect(laid?.split("\n").slice(0, 4)).toEqual(["{", '  "a": 1.50,', '  "b": {', '    "c": [']);
  expect(laid).toContain('"e": []');
  expect(laid).toContain("12345678901234567890");
  expect(laid?.replace(/\n\s*/g, "").replaceAll('": ', '":')).toBe(text.replaceAll('": ', '":'));
});

test("what is laid out already stays as it is, and what is no JSON is left alone", () => {
  const laid = indent('{"a":[1,2]}');
  expect(indent(laid ?? "")).toBe(laid);
  expect(indent("{a")).toBeNull();
});
