import { expect, test } from "vitest";
import { parseHeaders } from "./headers";

test("headers are read line by line, and a line that is none is named", () => {
  expect(parseHeaders("X-A: b: c\n\n X-B:d ")).toEqual([
    ["X-A", "b: c"],
    ["X-B", "d"],
  ]);
  expect(parseHeaders("")).toEqual([]);
  for (const bad of ["nonsense", ": x", "X A: b"])
    expect(parseHeaders(bad)).toContain("does not have the form Name: value");
});
