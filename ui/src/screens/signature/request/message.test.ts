import { expect, test } from "vitest";
import { headerText, readMoment, splitMessage } from "./message";

test("a message is split at its first empty line and the body keeps every character", () => {
  const found = splitMessage("POST /hooks HTTP/1.1\r\nHost: a\r\nX-Sig: t=1,v1=2\r\n\r\n{\r\n}\r\n\n");
  expect(found).toEqual({
    request: "POST /hooks HTTP/1.1",
    headers: "Host: a\nX-Sig: t=1,v1=2",
    body: "{\r\n}\r\n\n",
  });
});

test("headers without a request line are a message too", () => {
  expect(splitMessage("X-A: 1\n\nbody")).toEqual({ request: null, headers: "X-A: 1", body: "body" });
  expect(splitMessage("X-A: 1\nX-B: 2")).toEqual({ request: null, headers: "X-A: 1\nX-B: 2", body: "" });
});

test("JSON and single lines are no message", () => {
  for (const text of [
    '{"id": 1}\n\nx',
    '{\n  "id": 1\n}',
    "",
    "\n\n",
    "note: one line",
    "hello\nX-A: 1\n\n",
  ]) {
    expect(splitMessage(text), text).toBeNull();
  }
});

test("headers are written one a line", () => {
  expect(
    headerText([
      ["A", "1"],
      ["B", "2: 3"],
    ]),
  ).toBe("A: 1\nB: 2: 3");
});

test("a moment is read as RFC 3339, unix seconds or milliseconds", () => {
  expect(readMoment("1767225600")).toBe("2026-01-01T00:00:00.000Z");
  expect(readMoment("1767225600123")).toBe("2026-01-01T00:00:00.123Z");
  expect(readMoment("2026-01-01T01:00:00+01:00")).toBe("2026-01-01T00:00:00.000Z");
  expect(readMoment(" ")).toBeUndefined();
  expect(readMoment("now")).toBeUndefined();
  expect(readMoment("yesterday-ish")).toBeNull();
});
