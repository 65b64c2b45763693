// What a platform's answer means, for people who do not program.

import type { Problem } from "~/api";
import type { BrandView, DriftView, RemoteView, SyncStep, SyncSummary } from "~/api/types";
import { fieldError } from "~/parts/feedback/fieldErrors";
import { plural } from "~/parts/format";
import type { Tone } from "~/theme";

/** An error with what to do about it. */
export interface Said {
  headline: string;
  next: string;
  /** The field of the form that is most likely wrong. */
  field: "secret" | "base_url" | null;
}

/** What a platform's refusal means. Nothing where the program's own words say it best. */
export function refusal(code: string, platform: string): Said | null {
  switch (code) {
    case "remote_authentication":
      return {
        headline: `${platform} does not accept this key.`,
        next: `Copy it again from ${platform}'s settings, all of it. If it was revoked there, make a new one.`,
        field: "secret",
      };
    case "invalid_key":
      return {
        headline: "This is not a key as a platform gives one.",
        next: "It holds spaces, line ends or letters that no key has. Copy only the key itself.",
        field: "secret",
      };
    case "remote_forbidden":
      return {
        headline: `${platform} knows this key, but the key may not manage webhooks.`,
        next: `Give it that permission in ${platform}'s settings, or make another key that has it.`,
        field: "secret",
      };
    case "remote_html":
    case "remote_redirect":
      return {
        headline: "A web page answers at this address, not an API.",
        next: "Give the address of the API, not that of the page where you log in.",
        field: "base_url",
      };
    case "remote_not_found":
      return {
        headline: `Something answers at this address, but not ${platform}'s API.`,
        next: "Check the address: it ends before the path that the platform's documents name.",
        field: "base_url",
      };
    case "remote_not_json":
    case "remote_shape":
    case "remote_loop":
      return {
        headline: `What answers at this address does not speak as ${platform} does.`,
        next: "Check the address, and whether you chose the right platform.",
        field: "base_url",
      };
    case "remote_truncated":
      return {
        headline: `${platform}'s answer was cut off on its way.`,
        next: "Try again; nothing was changed.",
        field: null,
      };
    case "remote_unreachable":
      return {
        headline: "Nothing answers at this address.",
        next: "Check the address and your network, then try again.",
        field: "base_url",
      };
    case "remote_failing":
      return {
        headline: `${platform} has trouble of its own at the moment.`,
        next: "Nothing is wrong on your side. Try again in a few minutes; nothing was changed.",
        field: null,
      };
    case "remote_rate_limited":
      return {
        headline: `${platform} takes no more requests for now.`,
        next: "Wait a minute, then try again.",
        field: null,
      };
    default:
      return null;
  }
}

/** The field that a problem of the connect form belongs to. */
export function fieldOf(problem: Pick<Problem, "code" | "field">, platform: string): string | null {
  return problem.field ?? refusal(problem.code, platform)?.field ?? null;
}

/** What is wrong with a field, without its name in front. */
export function wrongWith(problem: Problem | null | undefined, field: string): { error?: string } {
  const said = fieldError(problem, field).error?.replace(/^`[^`]+`:?\s+/, "");
  return said === undefined ? {} : { error: said.charAt(0).toUpperCase() + said.slice(1) };
}

/** How a brand stands, in a word. */
export function standing(brand: BrandView): { word: string; tone: Tone } {
  if (!brand.has_key) return { word: "No key", tone: "fail" };
  switch (brand.trouble?.code) {
    case undefined:
      break;
    case "remote_authentication":
      return { word: "Key refused", tone: "fail" };
    case "remote_unreachable":
    case "remote_failing":
      return { word: "Out of reach", tone: "retry" };
    default:
      return { word: "Not readable", tone: "retry" };
  }
  if (brand.unfinished > 0) return { word: "Being changed", tone: "retry" };
  if (brand.drifted > 0) return { word: "Differs", tone: "retry" };
  return { word: "Connected", tone: "ok" };
}

/** How far a reading has got. */
export function stepWords(step: SyncStep): string {
  switch (step.step) {
    case "resuming":
      return "Asking the platform…";
    case "event_types":
      return "Reading what it can tell about…";
    case "webhooks":
      return `${plural(step.event_types, "event type")}; reading its webhooks…`;
    case "repairing":
      return `Setting right ${step.done + 1} of ${step.of}…`;
  }
}

/** What a reading brought, in sentences. */
export function summaryWords({
  event_types,
  webhooks,
  drift,
  resumed,
}: Pick<SyncSummary, "event_types" | "webhooks" | "drift" | "resumed">): string[] {
  const said: string[] = [];
  const changes = (name: string, added: number, changed: number, removed: number) => {
    const parts = [
      added > 0 && `${added} new`,
      changed > 0 && `${changed} changed`,
      removed > 0 && `${removed} gone`,
    ].filter(Boolean);
    if (parts.length > 0) said.push(`${name}: ${parts.join(", ")}.`);
  };
  changes("Event types", event_types.added.length, 0, event_types.removed.length);
  changes("Webhooks", webhooks.added.length, webhooks.changed.length, webhooks.removed.length);
  const repaired = drift.filter((one) => one.repaired).length;
  const left = drift.length - repaired;
  if (repaired > 0) said.push(`${plural(repaired, "subscription was", "subscriptions were")} set right.`);
  if (left > 0)
    said.push(`${plural(left, "subscription is", "subscriptions are")} not at the platform as kept here.`);
  for (const { outcome } of resumed) {
    said.push(
      outcome === "done"
        ? "A change that was interrupted is finished now."
        : outcome === "undone"
          ? "A change that was interrupted was taken back."
          : "A change that was interrupted still waits.",
    );
  }
  if (said.length === 0)
    said.push(
      `Nothing changed: ${plural(event_types.total, "event type")}, ${plural(webhooks.total, "webhook")}.`,
    );
  return said;
}

/** What the platform has instead, in a sentence. */
export function driftWords(drift: DriftView, platform: string): string {
  switch (drift.problem) {
    case "removed":
      return `Somebody removed this webhook at ${platform}: nothing is sent any more.`;
    case "outdated":
      return `${platform} offers other event types now, so “everything” means something else.`;
    case "changed":
      return drift.url === null
        ? `Somebody changed at ${platform} what this webhook sends.`
        : `Somebody changed at ${platform} where this webhook sends.`;
  }
}

/** Where a subscription at a platform stands, in a word. */
export function remoteWord({ state, drift }: RemoteView): { word: string; tone: Tone } {
  if (drift !== null)
    return { word: drift.problem === "removed" ? "Removed there" : "Differs", tone: "fail" };
  switch (state) {
    case "on":
      return { word: "At the platform", tone: "ok" };
    case "off":
      return { word: "Off", tone: "skip" };
    case "creating":
      return { word: "Being made", tone: "retry" };
    case "editing":
      return { word: "Being changed", tone: "retry" };
    case "undoing":
      return { word: "Being taken back", tone: "retry" };
    case "removing":
      return { word: "Being removed", tone: "retry" };
    default:
      return { word: state, tone: "skip" };
  }
}
