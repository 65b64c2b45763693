import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { curl, quote } from "./curl";

test("a quoted text reaches the program as it is", () => {
  for (const text of ["plain", 'it\'s $HOME `id` "x"', "a\nb\\", "''", "-n"]) {
    expect(execFileSync("sh", ["-c", `printf %s ${quote(text)}`], { encoding: "utf8" })).toBe(text);
  }
});

test("the command posts JSON with every header", () => {
  expect(curl("http://127.0.0.1:1/in/a", [["X-Sig", "t=1"]], '{"a":1}')).toBe(
    [
      "curl -i 'http://127.0.0.1:1/in/a' \\",
      "  -H 'Content-Type: application/json' \\",
      "  -H 'X-Sig: t=1' \\",
      `  --data-binary '{"a":1}'`,
    ].join("\n"),
  );
});

test("a content type that is signed along is not given twice", () => {
  expect(curl("http://a", [["content-type", "text/plain"]], "").match(/content-type/gi)).toHaveLength(1);
});
