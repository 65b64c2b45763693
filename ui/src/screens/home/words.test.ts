import { expect, test } from "vitest";
import type { Light, SubscriptionLine } from "~/api/types";
import { does, greeting, headline } from "./words";

function line(light: Light, change: Partial<SubscriptionLine> = {}): SubscriptionLine {
  return {
    id: "sub_1",
    name: "CRM",
    url: "https://crm.example.com/in",
    events: ["*"],
    brand: null,
    platform: "trcker",
    kind: "webhook",
    scheme: "trcker",
    mode: "sign",
    signed: true,
    has_secret: true,
    headers: [],
    enabled: light !== "off",
    disabled_because: null,
    policy: {},
    rate_per_second: null,
    concurrency: null,
    ordered: false,
    allow_private: false,
    created_at: "2026-05-08T04:51:35.080Z",
    updated_at: "2026-05-08T04:51:35.080Z",
    health: {
      light,
      told: "every event",
      tries: [],
      success_rate: null,
      last_success_at: null,
      failing_since: null,
      delivered: 0,
      failed: 0,
      skipped: 0,
      waiting: 0,
      next_at: null,
      verdict: null,
      shown_by: null,
    },
    ...change,
  };
}

test("the greeting follows the clock", () => {
  expect([4, 5, 11, 12, 17, 18].map(greeting)).toEqual([
    "Good evening.",
    "Good morning.",
    "Good morning.",
    "Good afternoon.",
    "Good afternoon.",
    "Good evening.",
  ]);
});

test("what fails needs somebody, what is tried again does not", () => {
  expect(headline([line("failing"), line("retrying"), line("ok")], "running")).toBe("One thing needs you.");
  expect(headline([line("failing"), line("failing")], "running")).toBe("Two things need you.");
  expect(headline([line("retrying"), line("ok")], "running")).toContain("nothing needs you");
});

test("a dispatcher that stands still needs somebody", () => {
  expect(headline([line("ok")], "stopped")).toBe("One thing needs you.");
  expect(headline([line("failing")], "stalled")).toBe("Two things need you.");
  expect(headline([line("ok")], "viewing")).toBe("Everything arrives.");
});

test("quiet is told apart from good", () => {
  expect(headline([line("idle"), line("off")], "running")).toContain("quiet");
  expect(headline([line("off")], "running")).toContain("switched off");
  expect(headline([], "running")).toContain("no subscriptions");
});

test("a subscription says what it does, and when it is off, what it would do", () => {
  expect(does(line("ok"), "crm.example.com")).toBe("Sends every event to crm.example.com");
  expect(does(line("off", { disabled_because: "it answered 410" }), "crm.example.com")).toBe(
    "Off: it answered 410. It would send every event to crm.example.com",
  );
});
