import { expect, test } from "vitest";
import { bodyOf, header, isJson, mediaType } from "./body";

test("the size of a body is in bytes, not characters", () => {
  expect(bodyOf({ body: "€" })).toMatchObject({ text: "€", size: 3 });
});

test("bytes that are no text stay bytes", () => {
  const body = bodyOf({ body_base64: "/wA=" });
  expect(body.text).toBeNull();
  expect([...(body.bytes ?? [])]).toEqual([255, 0]);
});

test("headers are found in any case", () => {
  const headers: [string, string][] = [["Content-Type", "application/problem+json; charset=utf-8"]];
  expect(header(headers, "content-TYPE")).toMatch(/^application/);
  expect(mediaType(headers)).toBe("application/problem+json");
  expect(isJson(headers, "")).toBe(true);
  expect(isJson([["content-type", "text/html"]], "{}")).toBe(false);
  expect(isJson([], " [1]")).toBe(true);
});
