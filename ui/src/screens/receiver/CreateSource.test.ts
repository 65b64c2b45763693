import { expect, test } from "vitest";
import { sourceForm } from "./CreateSource";
import { newBody } from "./example";

const FORM = {
  name: " shop ",
  scheme: "trcker",
  own: false,
  secret: "",
  brand: "",
  addresses: "",
  token: false,
};

test("without a secret of the sender's own, one is made", () => {
  expect(sourceForm(FORM)).toEqual({ name: "shop", scheme: "trcker", generate_secret: true });
  expect(sourceForm({ ...FORM, own: true, secret: "s" })).toEqual({
    name: "shop",
    scheme: "trcker",
    secret: "s",
  });
});

test("a source that verifies nothing gets no secret", () => {
  expect(sourceForm({ ...FORM, scheme: "none", token: true })).toEqual({
    name: "shop",
    scheme: "none",
    token: true,
  });
});

test("addresses are read one a line or with commas", () => {
  expect(sourceForm({ ...FORM, addresses: "10.0.0.1\n 10.1.0.0/16, ::1\n" }).allow_ips).toEqual([
    "10.0.0.1",
    "10.1.0.0/16",
    "::1",
  ]);
});

test("the example is a sample under its own id", () => {
  expect(newBody([], "trcker", "evt_new")).toBe('{"id":"evt_new","event":"conversion.created","data":{}}');
});
