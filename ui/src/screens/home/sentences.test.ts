import { expect, test } from "vitest";
import type { Light, SubscriptionLine } from "~/api/types";
import { subscription } from "~/test-subscription";
import { does, failingFor, greeting, headline, heldWords, needsAttention, ordered } from "./sentences";

function line(light: Light, change: Partial<SubscriptionLine> = {}): SubscriptionLine {
  const { health } = subscription();
  return subscription({ enabled: light !== "off", health: { ...health, light }, ...change });
}

const NOW = Date.parse("2026-05-08T05:00:00Z");

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

test("a failing subscription needs attention, a retrying one does not", () => {
  expect(headline([line("failing"), line("retrying"), line("ok")], "running", NOW)).toBe(
    "One issue needs your attention.",
  );
  expect(headline([line("failing"), line("failing")], "running", NOW)).toBe(
    "Two issues need your attention.",
  );
  expect(headline([line("retrying"), line("ok")], "running", NOW)).toContain("no action needed");
});

test("a dispatcher that does not run needs attention", () => {
  expect(headline([line("ok")], "stopped", NOW)).toBe("One issue needs your attention.");
  expect(headline([line("failing")], "stalled", NOW)).toBe("Two issues need your attention.");
  expect(headline([line("ok")], "viewing", NOW)).toBe("All deliveries are getting through.");
});

test("quiet differs from healthy", () => {
  expect(headline([line("idle"), line("off")], "running", NOW)).toContain("Nothing was sent");
  expect(headline([line("off")], "running", NOW)).toContain("disabled");
  expect(headline([], "running", NOW)).toContain("No subscriptions");
});

test("a subscription says what it does, and while disabled what it would do", () => {
  expect(does(line("ok"), "crm.example.com")).toBe("Sends every event to crm.example.com");
  expect(does(line("off", { disabled_because: "it answered 410" }), "crm.example.com")).toBe(
    "Disabled: it answered 410. Would send every event to crm.example.com",
  );
});

test("what began to fail a moment ago is waited for, so that nothing jumps", () => {
  const since = (failing_since: string) => {
    const failing = line("failing");
    return {
      ...failing,
      health: { ...failing.health, failing_since, last_success_at: failing_since },
    };
  };
  expect(needsAttention(since("2026-05-08T04:59:55Z"), NOW)).toBe(false);
  expect(needsAttention(since("2026-05-08T04:59:00Z"), NOW)).toBe(true);
  const never = since("2026-05-08T04:59:55Z");
  expect(needsAttention({ ...never, health: { ...never.health, last_success_at: null } }, NOW)).toBe(true);
  expect(headline([since("2026-05-08T04:59:55Z")], "running", NOW)).toContain("no action needed");
});

test("no length is said of what has only just begun, or begins ahead of this clock", () => {
  const failing = (failing_since: string | null) => ({ ...subscription().health, failing_since });
  expect(failingFor(failing(null), NOW)).toBeUndefined();
  expect(failingFor(failing("2026-05-08T05:00:00Z"), NOW)).toBeUndefined();
  expect(failingFor(failing("2026-05-08T05:00:03Z"), NOW)).toBeUndefined();
  expect(failingFor(failing("2026-05-08T04:59:00Z"), NOW)).toBe("1 min");
});

test("the order is stable whatever the health, except for what needs attention and what is disabled", () => {
  const of = (id: string, light: Light) => line(light, { id });
  const lines = [of("sub_1", "off"), of("sub_3", "ok"), of("sub_2", "retrying"), of("sub_4", "failing")];
  expect(ordered(lines, NOW).map(({ id }) => id)).toEqual(["sub_4", "sub_2", "sub_3", "sub_1"]);
});

test("a paused subscription says so", () => {
  expect(does(line("ok", { paused: true }), "crm.example.com")).toBe(
    "Paused. Sends every event to crm.example.com once resumed",
  );
  expect(headline([line("ok")], "paused", NOW)).toBe("One issue needs your attention.");
});

test("held deliveries say what releases them, and nothing is said where none are held", () => {
  expect(heldWords({ held_by_vault: 0, set_aside: 0 })).toEqual([]);
  const [aside, vault] = heldWords({ held_by_vault: 2, set_aside: 1 });
  expect(aside).toMatch(/^1 delivery is set aside until you retry or cancel/);
  expect(vault).toMatch(/^2 deliveries are waiting for the vault: .*key/);
});
