import { expect, test } from "vitest";
import { readFields, sourceForm } from "./CreateSource";
import { newBody } from "./example";

const FORM = {
  kind: "webhook" as "webhook" | "postback" | "relay",
  eventType: "conversion.created",
  fields: "",
  dedupe: "",
  keyParam: "key",
  relay: "webhook-site" as const,
  relayUrl: "",
  relayKey: "",
  name: " shop ",
  scheme: "trcker",
  existingSecret: false,
  secret: "",
  brand: "",
  addresses: "",
  token: false,
};

test("without a secret of the sender's own, one is made", () => {
  expect(sourceForm(FORM)).toEqual({ name: "shop", scheme: "trcker", generate_secret: true });
  expect(sourceForm({ ...FORM, existingSecret: true, secret: "s" })).toEqual({
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

test("a postback is its type, its fields, what tells it apart and where its key stands", () => {
  const form = {
    ...FORM,
    kind: "postback" as const,
    scheme: "api-key",
    fields: "click_id = clickId",
    dedupe: "click_id, goal",
  };
  expect(sourceForm(form).postback).toEqual({
    event_type: "conversion.created",
    fields: [{ param: "click_id", field: "clickId" }],
    dedupe: ["click_id", "goal"],
    key_param: "key",
  });
  expect(sourceForm({ ...form, scheme: "none" }).postback?.key_param).toBeUndefined();
});

test("fields are read one a line, a question mark marks what may be missing", () => {
  expect(readFields("a\n\n b? = c.d ")).toEqual([
    { param: "a", field: "a" },
    { param: "b", field: "c.d", optional: true },
  ]);
});

test("a relay has its own address and no token in a path", () => {
  const form = { ...FORM, kind: "relay" as const, relayUrl: " https://webhook.site/x ", token: true };
  expect(sourceForm(form)).toEqual({
    name: "shop",
    scheme: "trcker",
    generate_secret: true,
    relay: { kind: "webhook-site", url: "https://webhook.site/x" },
  });
});
