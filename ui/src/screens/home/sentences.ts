// What Home says in sentences. Pure: now is an argument.

import type { DispatcherState, HealthView, SubscriptionLine } from "~/api/types";
import { duration, moment, plural } from "~/parts/format";

const SMALL = ["No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine"];

/** A greeting for the hour of the day (0 to 23). */
export function greeting(hour: number): string {
  if (hour >= 5 && hour < 12) return "Good morning.";
  return hour >= 12 && hour < 18 ? "Good afternoon." : "Good evening.";
}

/** What has failed for less than this may be over in a moment, in milliseconds. */
const PATIENCE_MS = 10_000;

/** Whether a subscription fails for so long, or has failed ever since, that somebody has to look. */
export function needsSomebody({ health, remote }: SubscriptionLine, now: number): boolean {
  const since = moment(health.failing_since);
  if (health.light !== "failing") return false;
  if (remote) return true;
  return since === undefined || health.last_success_at === null || now - since >= PATIENCE_MS;
}

/**
 * The lines in an order that holds while they change: what needs somebody, what is switched on, what
 * is off; each the oldest first.
 */
export function ordered(lines: readonly SubscriptionLine[], now: number): readonly SubscriptionLine[] {
  const rank = (line: SubscriptionLine) => (needsSomebody(line, now) ? 0 : line.enabled ? 1 : 2);
  return lines.toSorted((a, b) => rank(a) - rank(b) || (a.id < b.id ? -1 : 1));
}

/** What there is to do, in one sentence. */
export function headline(
  lines: readonly SubscriptionLine[],
  state: DispatcherState | undefined,
  now: number,
): string {
  const still = state === "stalled" || state === "stopped" || state === "trouble" || state === "paused";
  const failing = lines.filter((line) => needsSomebody(line, now)).length;
  const things = failing + (still ? 1 : 0);
  if (things === 1) return "One thing needs you.";
  if (things > 1) return `${SMALL[things] ?? things} things need you.`;
  const retrying = lines.filter((line) => ["retrying", "failing"].includes(line.health.light)).length;
  if (retrying === 1) return "One subscription is being tried again; nothing needs you.";
  if (retrying > 1)
    return `${SMALL[retrying] ?? retrying} subscriptions are being tried again; nothing needs you.`;
  if (lines.length === 0) return "There are no subscriptions yet.";
  if (lines.every((line) => line.health.light === "off")) return "Every subscription is switched off.";
  if (lines.every((line) => line.health.light === "idle" || line.health.light === "off")) {
    return "All is quiet: nothing was sent in the last hour.";
  }
  return "Everything arrives.";
}

/** What is not sent for now, in sentences; nothing where nothing is held. */
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
      `${plural(set_aside, "delivery is", "deliveries are")} set aside until you retry or cancel: Hookbench ended during each of the last three attempts, or what is stored cannot be used.`,
    );
  }
  if (held_by_vault > 0) {
    words.push(
      `${plural(held_by_vault, "delivery waits", "deliveries wait")} for the vault: unlock the keyring, or start Hookbench with the vault's key. Nothing is lost meanwhile.`,
    );
  }
  return words;
}

/** How long every attempt has failed. */
export function failingFor(health: HealthView, now: number): string | undefined {
  const since = moment(health.failing_since);
  // What has only just begun has no length worth saying, and two clocks may differ.
  return since === undefined || now - since < 1000 ? undefined : duration(now - since);
}

/** What a subscription does: `Sends every event to crm.example.com`. */
export function does(line: SubscriptionLine, host: string): string {
  if (line.remote) {
    const at = line.remote.brand_name;
    return line.enabled
      ? `At ${at}: sends ${line.health.told} to ${host}`
      : `Taken down at ${at}. It would send ${line.health.told} to ${host}`;
  }
  if (!line.enabled) {
    const why = line.disabled_because ? `Off: ${line.disabled_because}` : "Switched off";
    return `${why}. It would send ${line.health.told} to ${host}`;
  }
  if (line.paused) return `Paused. It sends ${line.health.told} to ${host} once you resume it`;
  return `Sends ${line.health.told} to ${host}`;
}

/** Whether all that a series counts lies in its last two stretches, so that its line shows nothing. */
export function isYoung(series: readonly number[]): boolean {
  return series.slice(0, -2).every((n) => n === 0);
}
