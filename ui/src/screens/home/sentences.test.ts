import { expect, test } from "vitest";
import type { Light, SubscriptionLine } from "~/api/types";
import { subscription } from "~/test-subscription";
import { does, failingFor, greeting, headline, heldWords, needsSomebody, ordered } from "./sentences";

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

test("what fails needs somebody, what is tried again does not", () => {
  expect(headline([line("failing"), line("retrying"), line("ok")], "running", NOW)).toBe(
    "One thing needs you.",
  );
  expect(headline([line("failing"), line("failing")], "running", NOW)).toBe("Two things need you.");
  expect(headline([line("retrying"), line("ok")], "running", NOW)).toContain("nothing needs you");
});

test("a dispatcher that stands still needs somebody", () => {
  expect(headline([line("ok")], "stopped", NOW)).toBe("One thing needs you.");
  expect(headline([line("failing")], "stalled", NOW)).toBe("Two things need you.");
  expect(headline([line("ok")], "viewing", NOW)).toBe("Everything arrives.");
});

test("quiet is told apart from good", () => {
  expect(headline([line("idle"), line("off")], "running", NOW)).toContain("quiet");
  expect(headline([line("off")], "running", NOW)).toContain("switched off");
  expect(headline([], "running", NOW)).toContain("no subscriptions");
});

test("a subscription says what it does, and when it is off, what it would do", () => {
  expect(does(line("ok"), "crm.example.com")).toBe("Sends every event to crm.example.com");
  expect(does(line("off", { disabled_because: "it answered 410" }), "crm.example.com")).toBe(
    "Off: it answered 410. It would send every event to crm.example.com",
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
  expect(needsSomebody(since("2026-05-08T04:59:55Z"), NOW)).toBe(false);
  expect(needsSomebody(since("2026-05-08T04:59:00Z"), NOW)).toBe(true);
  const never = since("2026-05-08T04:59:55Z");
  expect(needsSomebody({ ...never, health: { ...never.health, last_success_at: null } }, NOW)).toBe(true);
  expect(headline([since("2026-05-08T04:59:55Z")], "running", NOW)).toContain("nothing needs you");
});

test("no length is said of what has only just begun, or begins ahead of this clock", () => {
  const failing = (failing_since: string | null) => ({ ...subscription().health, failing_since });
  expect(failingFor(failing(null), NOW)).toBeUndefined();
  expect(failingFor(failing("2026-05-08T05:00:00Z"), NOW)).toBeUndefined();
  expect(failingFor(failing("2026-05-08T05:00:03Z"), NOW)).toBeUndefined();
  expect(failingFor(failing("2026-05-08T04:59:00Z"), NOW)).toBe("1 min");
});

test("the order holds whatever the lights do, but for what needs somebody and what is off", () => {
  const of = (id: string, light: Light) => line(light, { id });
  const lines = [of("sub_1", "off"), of("sub_3", "ok"), of("sub_2", "retrying"), of("sub_4", "failing")];
  expect(ordered(lines, NOW).map(({ id }) => id)).toEqual(["sub_4", "sub_2", "sub_3", "sub_1"]);
});

test("what is paused is said to wait", () => {
  expect(does(line("ok", { paused: true }), "crm.example.com")).toBe(
    "Paused. It sends every event to crm.example.com once you resume it",
  );
  expect(headline([line("ok")], "paused", NOW)).toBe("One thing needs you.");
});

test("what is held says what releases it, and nothing is said where nothing is held", () => {
  expect(heldWords({ held_by_vault: 0, set_aside: 0 })).toEqual([]);
  const [aside, vault] = heldWords({ held_by_vault: 2, set_aside: 1 });
  expect(aside).toMatch(/^1 delivery is set aside until you retry or cancel/);
  expect(vault).toMatch(/^2 deliveries wait for the vault: .*key/);
});
