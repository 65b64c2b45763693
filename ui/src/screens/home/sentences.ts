// The sentences of Home. Pure: now is an argument.

import type { DispatcherState, HealthView, SubscriptionLine } from "~/api/types";
import { duration, moment, plural } from "~/parts/format";

const SMALL = ["No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine"];

/** A greeting for the hour of the day (0 to 23). */
export function greeting(hour: number): string {
  if (hour >= 5 && hour < 12) return "Good morning.";
  return hour >= 12 && hour < 18 ? "Good afternoon." : "Good evening.";
}

/** A failure shorter than this may resolve itself, in milliseconds. */
const GRACE_MS = 10_000;

/** Whether a subscription has failed for long enough, or from the start, to need attention. */
export function needsAttention({ health, remote }: SubscriptionLine, now: number): boolean {
  const since = moment(health.failing_since);
  if (health.light !== "failing") return false;
  if (remote) return true;
  return since === undefined || health.last_success_at === null || now - since >= GRACE_MS;
}

/**
 * The lines in an order that is stable while they change: those that need attention, enabled ones,
 * disabled ones; each oldest first.
 */
export function ordered(lines: readonly SubscriptionLine[], now: number): readonly SubscriptionLine[] {
  const rank = (line: SubscriptionLine) => (needsAttention(line, now) ? 0 : line.enabled ? 1 : 2);
  return lines.toSorted((a, b) => rank(a) - rank(b) || (a.id < b.id ? -1 : 1));
}

/** The overall state in one sentence. */
export function headline(
  lines: readonly SubscriptionLine[],
  state: DispatcherState | undefined,
  now: number,
): string {
  const still = state === "stalled" || state === "stopped" || state === "trouble" || state === "paused";
  const failing = lines.filter((line) => needsAttention(line, now)).length;
  const things = failing + (still ? 1 : 0);
  if (things === 1) return "One issue needs your attention.";
  if (things > 1) return `${SMALL[things] ?? things} issues need your attention.`;
  const retrying = lines.filter((line) => ["retrying", "failing"].includes(line.health.light)).length;
  if (retrying === 1) return "One subscription is retrying; no action needed.";
  if (retrying > 1) return `${SMALL[retrying] ?? retrying} subscriptions are retrying; no action needed.`;
  if (lines.length === 0) return "No subscriptions yet.";
  if (lines.every((line) => line.health.light === "off")) return "All subscriptions are disabled.";
  if (lines.every((line) => line.health.light === "idle" || line.health.light === "off")) {
    return "Nothing was sent in the last hour.";
  }
  return "All deliveries are getting through.";
}

/** Why deliveries are held, in sentences; empty where none are. */
export function heldWords({
  held_by_vault,
  set_aside,
}: {
  held_by_vault: number;
  set_aside: number;
}): string[] {
  const words: string[] = [];
  if (set_aside > 0) {
    words.push(
      `${plural(set_aside, "delivery is", "deliveries are")} set aside until you retry or cancel: Hookbench stopped during each of the last three attempts, or the stored data is unusable.`,
    );
  }
  if (held_by_vault > 0) {
    words.push(
      `${plural(held_by_vault, "delivery is", "deliveries are")} waiting for the vault: unlock the keyring, or start Hookbench with the vault key. Nothing is lost.`,
    );
  }
  return words;
}

/** How long all attempts have failed. */
export function failingFor(health: HealthView, now: number): string | undefined {
  const since = moment(health.failing_since);
  // Less than a second is not worth showing, and two clocks may differ.
  return since === undefined || now - since < 1000 ? undefined : duration(now - since);
}

/** What a subscription does: `Sends all events to crm.example.com`. */
export function does(line: SubscriptionLine, host: string): string {
  if (line.remote) {
    const at = line.remote.brand_name;
    return line.enabled
      ? `At ${at}: sends ${line.health.told} to ${host}`
      : `Removed at ${at}. Would send ${line.health.told} to ${host}`;
  }
  if (!line.enabled) {
    const why = line.disabled_because ? `Disabled: ${line.disabled_because}` : "Disabled";
    return `${why}. Would send ${line.health.told} to ${host}`;
  }
  if (line.paused) return `Paused. Sends ${line.health.told} to ${host} once resumed`;
  return `Sends ${line.health.told} to ${host}`;
}

/** Whether a series has values in its last two intervals only, so that a line would show nothing. */
export function isYoung(series: readonly number[]): boolean {
  return series.slice(0, -2).every((n) => n === 0);
}
