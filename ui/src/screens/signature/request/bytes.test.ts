import { expect, test } from "vitest";
import { bodyOf, bytesOf, fromBase64, fromHex, hidden, toBase64 } from "./bytes";

test("text with a byte order mark, CRLF and NUL comes back byte for byte", () => {
  const bytes = new Uint8Array([0xef, 0xbb, 0xbf, 0x7b, 0x0d, 0x0a, 0x00, 0x7d, 0x0a]);
  const body = bodyOf(bytes, "a.json");
  expect(body).toHaveProperty("text");
  expect([...bytesOf(body)]).toEqual([...bytes]);
  expect(hidden(body)).toEqual({ bom: true, end: "LF", crlf: 1, lf: 1, cr: 0, nul: 1, utf8: true });
});

test("bytes that are not UTF-8 stay bytes", () => {
  const body = bodyOf(new Uint8Array([0xff, 0x00]), "a.bin");
  expect(body).toEqual({ bytes: new Uint8Array([0xff, 0x00]), name: "a.bin" });
  expect(hidden(body).utf8).toBe(false);
});

test("base64 goes both ways, also for large bodies", () => {
  const bytes = Uint8Array.from({ length: 100_000 }, (_, i) => i % 256);
  expect(fromBase64(toBase64(bytes))).toEqual(bytes);
});

test("hex digits are read in pairs", () => {
  expect(fromHex("0aff41")).toEqual([10, 255, 65]);
  expect(fromHex("")).toEqual([]);
});

test("a lone carriage return is told from a CRLF", () => {
  expect(hidden({ text: "a\rb\r\nc\r" })).toMatchObject({ crlf: 1, cr: 2, lf: 0, end: "CR" });
  expect(hidden({ text: "{}" })).toMatchObject({ end: null, bom: false });
});
