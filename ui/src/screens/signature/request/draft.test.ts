import { expect, test } from "vitest";
import { EMPTY, isEmpty, labInput, signInput } from "./draft";

test("the body goes to the lab as exact bytes", () => {
  const input = labInput({ ...EMPTY, headers: "X-A: 1", body: { text: "{}\r\n" } });
  expect(input).toEqual({ headers: "X-A: 1", body_base64: "e30NCg==", try_kept: false });
});

test("a kept secret goes before a typed one", () => {
  const draft = { ...EMPTY, headers: "X-A: 1", scheme: "trcker", secret: "typed", secretOf: "sub_1" };
  expect(labInput(draft)).toMatchObject({ secret_of: "sub_1", scheme: "trcker" });
  expect(labInput(draft)).not.toHaveProperty("secret");
  expect(signInput(draft)).toEqual({ scheme: "trcker", body: "", secret_of: "sub_1" });
});

test("nothing is asked without headers, or with a time that is none", () => {
  expect(labInput({ ...EMPTY, body: { text: "{}" } })).toBeNull();
  expect(labInput({ ...EMPTY, headers: "X-A: 1", at: "soon" })).toBeNull();
  expect(signInput({ ...EMPTY, scheme: "trcker", at: "soon" })).toBeNull();
});

test("bytes that are no text are not signed as text", () => {
  expect(
    signInput({ ...EMPTY, scheme: "trcker", body: { bytes: new Uint8Array([255]), name: "a" } }),
  ).toBeNull();
});

test("a draft is empty until headers or a body are there", () => {
  expect(isEmpty({ ...EMPTY, scheme: "trcker", secret: "s" })).toBe(true);
  expect(isEmpty({ ...EMPTY, body: { text: "x" } })).toBe(false);
});
