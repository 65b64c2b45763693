import { expect, test } from "vitest";
import type { PlatformView } from "~/api/types";
import { subscription } from "~/test-subscription";
import {
  CUSTOM,
  customFrom,
  type Draft,
  draftOf,
  MASK,
  newDraft,
  PLATFORM_DEFAULTS,
  scheduleOf,
  toChange,
  toForm,
  validate,
} from "./draft";

const platform: PlatformView = {
  name: "trcker",
  title: "Trcker",
  summary: "",
  scheme: "trcker",
  secret_required: false,
  signature_note: "",
  document: "",
  base_url: null,
  has_api: true,
  key_prefix: "",
  api_note: "",
  https_only: false,
  delays_ms: [1000],
  repeat_last: false,
  goals: [],
  events: [],
};
const strict: PlatformView = { ...platform, name: "track360", title: "Track360", secret_required: true };

const filled = (change: Partial<Draft> = {}): Draft => ({
  ...newDraft("trcker"),
  events: ["*"],
  url: " https://crm.example.com/in ",
  ...change,
});

const line = subscription({
  events: ["conversion.*"],
  headers: [
    ["Authorization", MASK],
    ["X-Team", "blue"],
  ],
  policy: { preset: "trcker", delays_ms: [1000] },
  concurrency: 4,
});

test("a form sends what was filled in and leaves the rest to the platform", () => {
  expect(toForm(filled(), platform)).toEqual({
    url: "https://crm.example.com/in",
    events: ["*"],
    platform: "trcker",
    name: "Crm example",
    generate_secret: true,
    ordered: false,
    allow_private: false,
  });
});

test("a subscription that is not signed sends no secret", () => {
  expect(toForm(filled({ secret: "none" }), platform)).not.toHaveProperty("secret");
  expect(toForm(filled({ scheme: "none" }), platform)).not.toHaveProperty("generate_secret");
});

test("an edit that changes nothing sends nothing", () => {
  const before = draftOf(line, platform, false);
  expect(toChange(before, before, platform)).toEqual({});
  expect(validate(before, platform, before)).toEqual({});
});

test("an edit sends only what differs, and null clears", () => {
  const before = draftOf(line, platform, false);
  const after = { ...before, url: "https://new.example.com", concurrency: "", name: "" };
  expect(toChange(after, before, platform)).toEqual({
    url: "https://new.example.com",
    concurrency: null,
    name: null,
  });
});

test("order by a field is sent with order, and goes with it", () => {
  const drafted = filled({ ordered: true, orderedBy: " data.customerId " });
  expect(toForm(drafted, platform)).toMatchObject({ ordered: true, ordered_by: "data.customerId" });
  expect(toForm({ ...drafted, ordered: false }, platform)).not.toHaveProperty("ordered_by");
  const before = draftOf({ ...line, ordered: true, ordered_by: "data.customerId" }, platform, false);
  expect(toChange(before, before, platform)).toEqual({});
  expect(toChange({ ...before, orderedBy: "" }, before, platform)).toEqual({ ordered_by: null });
  expect(toChange({ ...before, ordered: false }, before, platform)).toEqual({
    ordered: false,
    ordered_by: null,
  });
});

test("a policy of its own is kept by an edit and taken along by a copy", () => {
  const policy = { preset: "trcker", delays_ms: [7], max_age_ms: null, final: ["4xx"] };
  const before = draftOf({ ...line, headers: [], policy, policy_own: true }, platform, false);
  expect(toChange(before, before, platform)).toEqual({});
  expect(toChange({ ...before, policy: "" }, before, platform)).toEqual({ policy: null });
  const copy = draftOf({ ...line, headers: [], policy, policy_own: true }, platform, true);
  expect(toForm(copy, platform).policy).toEqual({
    preset: "trcker",
    delays_ms: [7],
    repeat_last: false,
    final: ["4xx"],
  });
});

test("a policy of its own is known as one whatever it began with, and a copy has it too", () => {
  const sort = { delays_ms: [7000], repeat_last: false, timeout_ms: 10_000, final: ["4xx"] };
  const policies = [
    { ...sort, preset: "none" },
    { ...sort, preset: "track360" },
    // The preset's own waits, with another end.
    { ...sort, preset: "trcker", delays_ms: [1000], max_age_ms: 60_000 },
  ];
  for (const policy of policies) {
    const kept = { ...line, headers: [], policy, policy_own: true };
    const before = draftOf(kept, platform, false);
    expect(before.policy).toBe(CUSTOM);
    expect(validate(before, platform, before)).toEqual({});
    expect(toChange(before, before, platform)).toEqual({});
    expect(toForm(draftOf(kept, platform, true), platform).policy).toEqual(policy);
  }
});

test("a preset that is followed as it is stays one, another platform's and none among them", () => {
  const named = (preset: string) => draftOf({ ...line, policy: { preset, delays_ms: [] } }, platform, false);
  expect(["trcker", "track360", "none"].map((preset) => named(preset).policy)).toEqual([
    "",
    "track360",
    "none",
  ]);
});

test("on another platform nothing is left of a schedule that began as the former one's", () => {
  const policy = { preset: "trcker", delays_ms: [7000], repeat_last: true, max_age_ms: 60_000 };
  const before = draftOf({ ...line, headers: [], policy, policy_own: true }, platform, false);
  const moved = { ...before, ...PLATFORM_DEFAULTS, platform: strict.name };
  expect(toChange(moved, before, strict)).toEqual({ platform: "track360", policy: null });
  const own = { ...moved, ...(moved.basePolicy === null ? customFrom(strict) : { policy: CUSTOM }) };
  expect(toForm(own, strict).policy).toEqual({
    preset: "track360",
    delays_ms: [1000],
    repeat_last: false,
  });
});

test("changed headers keep the values that are not shown", () => {
  const before = draftOf(line, platform, false);
  const [hidden, shown] = before.headers;
  if (!hidden || !shown) throw new Error("two headers are expected");
  const changed = { ...before, headers: [hidden, { ...shown, value: "red" }] };
  expect(validate(changed, platform, before)).toEqual({});
  expect(toChange(changed, before, platform).headers).toEqual([
    ["Authorization", "••••"],
    ["X-Team", "red"],
  ]);
  const typed = {
    ...changed,
    headers: [
      { ...hidden, value: "Bearer x" },
      { ...shown, value: "red" },
    ],
  };
  expect(validate(typed, platform, before)).toEqual({});
  expect(toChange(typed, before, platform).headers).toEqual([
    ["Authorization", "Bearer x"],
    ["X-Team", "red"],
  ]);
});

test("a copy needs its own secret and the hidden headers again", () => {
  const copy = draftOf(line, platform, true);
  expect(copy).toMatchObject({ name: "CRM copy", secret: "generate" });
  expect(validate(copy, platform).headers).toContain("Authorization");
});

test("a platform that must sign does not let one go without a secret", () => {
  expect(validate(filled({ secret: "none" }), strict).secret).toContain("Track360");
  expect(validate(filled({ secret: "none" }), platform)).toEqual({});
});

test("each trouble is told at its field", () => {
  const bad = filled({ events: [], url: "", rate: "fast", concurrency: "1.5", secret: "give" });
  expect(Object.keys(validate(bad, platform)).toSorted()).toEqual([
    "concurrency",
    "events",
    "rate_per_second",
    "secret",
    "url",
  ]);
});

test("at a platform nothing is asked of what is not shown there", () => {
  const bad = filled({
    rate: "fast",
    concurrency: "1.5",
    autoDisable: "soon",
    policy: CUSTOM,
    delays: "soon",
    headers: [{ key: 0, name: "", value: "x", hidden: false }],
  });
  expect(Object.keys(validate(bad, platform))).toHaveLength(5);
  expect(validate({ ...bad, at: "brd_1" }, platform)).toEqual({});
  const empty = { ...bad, at: "brd_1", url: "", events: [], secret: "give" as const };
  expect(Object.keys(validate(empty, platform))).toEqual(["events", "url", "secret"]);
});

test("the schedule in force is the preset's, its own once it can be read, and none where none is known", () => {
  const known = [platform, { ...strict, delays_ms: [60_000], repeat_last: true }];
  expect(scheduleOf(filled(), known)).toEqual({ delays: [1000], repeatLast: false });
  expect(scheduleOf(filled({ policy: "track360" }), known)).toEqual({ delays: [60_000], repeatLast: true });
  expect(scheduleOf(filled({ policy: "none" }), known)).toEqual({ delays: [], repeatLast: false });
  const own = filled({ policy: CUSTOM, delays: "1 s, 90 s", repeatLast: true });
  expect(scheduleOf(own, known)).toEqual({ delays: [1000, 90_000], repeatLast: true });
  expect(scheduleOf({ ...own, delays: "1 s, 9" }, known)).toBeUndefined();
  expect(scheduleOf(filled(), [])).toBeUndefined();
});

test("a template and a postback are sent with what belongs to them alone", () => {
  const template = toForm(filled({ payload: "template", template: "{{ id }}", method: "POST" }), platform);
  expect(template).toMatchObject({ kind: "webhook", method: null, template: "{{ id }}", content_type: null });
  expect(template).toHaveProperty("generate_secret", true);
  const got = toForm(filled({ payload: "postback", template: "left over" }), platform);
  expect(got).toMatchObject({ kind: "postback", method: "GET", template: null });
  expect(got).not.toHaveProperty("generate_secret");
  const posted = filled({
    payload: "postback",
    method: "POST",
    template: "a={{ id }}",
    contentType: "text/csv",
  });
  expect(toForm(posted, platform)).toMatchObject({ template: "a={{ id }}", content_type: "text/csv" });
  expect(validate(filled({ payload: "template" }), platform).template).toContain("Enter a template");
  expect(validate(filled({ payload: "postback", secret: "none" }), strict)).toEqual({});
});

test("an edit away from a template clears it, and what only looks different is not sent", () => {
  const kept = { ...line, headers: [], template: "{{ id }}", content_type: "text/plain; charset=utf-8" };
  const before = draftOf(kept, platform, false);
  expect(before).toMatchObject({ payload: "template", contentType: "" });
  expect(toChange({ ...before, method: "POST" }, before, platform)).toEqual({});
  expect(toChange({ ...before, payload: "event" }, before, platform)).toEqual({
    kind: "webhook",
    method: null,
    template: null,
    content_type: null,
  });
  const trusting = { ...before, caPem: "-----BEGIN CERTIFICATE-----", skipTlsVerify: true };
  expect(toChange(trusting, before, platform)).toEqual({ ca_pem: trusting.caPem, skip_tls_verify: true });
});

test("a schedule of its own begins as a preset has it, and what is typed is sent", () => {
  const draft = { ...newDraft("trcker"), url: "https://a.example/", events: ["*"], ...customFrom(platform) };
  expect(draft.delays).toBe("1 s");
  const typed = { ...draft, delays: "1 s, 90 s", repeatLast: true, maxAge: "3 days", timeout: "10s" };
  expect(validate(typed, platform)).toEqual({});
  expect(toForm(typed, platform).policy).toEqual({
    preset: platform.name,
    delays_ms: [1000, 90_000],
    repeat_last: true,
    max_age_ms: 259_200_000,
    timeout_ms: 10_000,
  });
  const wrong = { ...typed, delays: "soon", maxAge: "later", timeout: "x" };
  expect(Object.keys(validate(wrong, platform))).toEqual(["policy", "max_age_ms", "timeout"]);
  expect(validate({ ...typed, delays: "" }, platform).policy).toMatch("no delay to repeat");
});

test("condition and switching off by itself are sent, changed and cleared", () => {
  const made = toForm({ ...newDraft("trcker"), filter: " data.n > 1 ", autoDisable: "12 h" }, platform);
  expect(made).toMatchObject({ filter: "data.n > 1", auto_disable_after_ms: 43_200_000 });
  const kept = { ...line, headers: [], filter: "data.n > 1", auto_disable_after_ms: 43_200_000 };
  const before = draftOf(kept, platform, false);
  expect(toChange(before, before, platform)).toEqual({});
  expect(toChange({ ...before, filter: "", autoDisable: "" }, before, platform)).toEqual({
    filter: null,
    auto_disable_after_ms: null,
  });
});
