import { expect, test } from "vitest";
import { INVISIBLE, nameOfChar } from "./codemirror";

const found = (text: string) => text.match(INVISIBLE)?.map((c) => nameOfChar(c.charCodeAt(0))) ?? [];

test("characters that turn text around or show nothing are found", () => {
  expect(found("a\u202Eb\u2066c\u200Bd\uFEFFe\u0000f\u001B")).toEqual([
    "U+202E",
    "U+2066",
    "U+200B",
    "U+FEFF",
    "U+0000",
    "U+001B",
  ]);
});

test("tabs, line ends and letters of any script are left alone", () => {
  expect(found('{\n\t"name": "Grüße, 你好, مرحبا"\n}')).toEqual([]);
});
