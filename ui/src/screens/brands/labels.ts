// Explanations of a platform's errors and states for non-programmers.

import type { Problem } from "~/api";
import type { BrandView, DriftView, RemoteView, SyncStep, SyncSummary } from "~/api/types";
import { fieldError } from "~/parts/feedback/fieldErrors";
import { plural } from "~/parts/format";
import type { Tone } from "~/theme";

/** An error with what to do about it. */
export interface ExplainedError {
  headline: string;
  next: string;
  /** The field of the form that is most likely wrong. */
  field: "secret" | "base_url" | null;
}

/** Explains an error of a platform's API; `null` where the error's own message is best. */
export function explainPlatformError(code: string, platform: string): ExplainedError | null {
  switch (code) {
    case "remote_authentication":
      return {
        headline: `${platform} does not accept this API key.`,
        next: `Copy the complete key again from the settings of ${platform}. If it was revoked, create a new one.`,
        field: "secret",
      };
    case "invalid_key":
      return {
        headline: "This is not a valid API key.",
        next: "It contains spaces, line breaks or characters that no key has. Copy only the key itself.",
        field: "secret",
      };
    case "remote_forbidden":
      return {
        headline: `This API key has no permission to manage webhooks at ${platform}.`,
        next: `Grant the permission in the settings of ${platform}, or create another key with it.`,
        field: "secret",
      };
    case "remote_html":
    case "remote_redirect":
      return {
        headline: "This URL returns a web page, not an API.",
        next: "Enter the API URL, not the URL of the login page.",
        field: "base_url",
      };
    case "remote_not_found":
      return {
        headline: `The API of ${platform} was not found at this URL.`,
        next: "Check the URL. It ends before the paths in the platform's API documentation.",
        field: "base_url",
      };
    case "remote_not_json":
    case "remote_shape":
    case "remote_loop":
      return {
        headline: `The response from this URL does not match the API of ${platform}.`,
        next: "Check the URL, and whether you chose the right platform.",
        field: "base_url",
      };
    case "remote_truncated":
      return {
        headline: `The response of ${platform} was truncated.`,
        next: "Try again; nothing was changed.",
        field: null,
      };
    case "remote_unreachable":
      return {
        headline: "This URL is unreachable.",
        next: "Check the URL and your network, then try again.",
        field: "base_url",
      };
    case "remote_failing":
      return {
        headline: `${platform} is currently having problems.`,
        next: "The problem is not on your side. Try again in a few minutes; nothing was changed.",
        field: null,
      };
    case "remote_rate_limited":
      return {
        headline: `${platform} is rate limiting requests.`,
        next: "Wait a minute, then try again.",
        field: null,
      };
    default:
      return null;
  }
}

/** The form field that a problem belongs to. */
export function fieldOf(problem: Pick<Problem, "code" | "field">, platform: string): string | null {
  return problem.field ?? explainPlatformError(problem.code, platform)?.field ?? null;
}

/** The error of a field, without the field's name in front. */
export function inputError(problem: Problem | null | undefined, field: string): { error?: string } {
  const message = fieldError(problem, field).error?.replace(/^`[^`]+`:?\s+/, "");
  return message === undefined ? {} : { error: message.charAt(0).toUpperCase() + message.slice(1) };
}

/** The status of a brand. */
export function statusOf(brand: BrandView): { word: string; tone: Tone } {
  if (!brand.has_key) return { word: "No API key", tone: "fail" };
  switch (brand.trouble?.code) {
    case undefined:
      break;
    case "remote_authentication":
      return { word: "API key rejected", tone: "fail" };
    case "remote_unreachable":
    case "remote_failing":
      return { word: "Unreachable", tone: "retry" };
    default:
      return { word: "Sync failed", tone: "retry" };
  }
  if (brand.unfinished > 0) return { word: "Updating", tone: "retry" };
  if (brand.drifted > 0) return { word: "Drift", tone: "retry" };
  return { word: "Connected", tone: "ok" };
}

/** The progress of a sync. */
export function stepWords(step: SyncStep): string {
  switch (step.step) {
    case "resuming":
      return "Contacting the platform…";
    case "event_types":
      return "Reading event types…";
    case "webhooks":
      return `${plural(step.event_types, "event type")}; reading webhooks…`;
    case "repairing":
      return `Repairing ${step.done + 1} of ${step.of}…`;
  }
}

/** The result of a sync, in sentences. */
export function summaryWords({
  event_types,
  webhooks,
  drift,
  resumed,
}: Pick<SyncSummary, "event_types" | "webhooks" | "drift" | "resumed">): string[] {
  const sentences: string[] = [];
  const changes = (name: string, added: number, changed: number, removed: number) => {
    const parts = [
      added > 0 && `${added} new`,
      changed > 0 && `${changed} updated`,
      removed > 0 && `${removed} removed`,
    ].filter(Boolean);
    if (parts.length > 0) sentences.push(`${name}: ${parts.join(", ")}.`);
  };
  changes("Event types", event_types.added.length, 0, event_types.removed.length);
  changes("Webhooks", webhooks.added.length, webhooks.changed.length, webhooks.removed.length);
  const repaired = drift.filter((one) => one.repaired).length;
  const left = drift.length - repaired;
  if (repaired > 0) sentences.push(`${plural(repaired, "subscription")} repaired.`);
  if (left > 0)
    sentences.push(
      `${plural(left, "subscription differs", "subscriptions differ")} from the webhook at the platform.`,
    );
  for (const { outcome } of resumed) {
    sentences.push(
      outcome === "done"
        ? "An interrupted change was completed."
        : outcome === "undone"
          ? "An interrupted change was rolled back."
          : "An interrupted change is still pending.",
    );
  }
  if (sentences.length === 0)
    sentences.push(
      `Nothing changed: ${plural(event_types.total, "event type")}, ${plural(webhooks.total, "webhook")}.`,
    );
  return sentences;
}

/** How the platform's webhook differs, in a sentence. */
export function driftWords(drift: DriftView, platform: string): string {
  switch (drift.problem) {
    case "removed":
      return `This webhook was removed at ${platform}, so nothing is sent.`;
    case "outdated":
      return `${platform} changed its event types, so “all events” now means a different set.`;
    case "changed":
      return drift.url === null
        ? `The event types of this webhook were changed at ${platform}.`
        : `The URL of this webhook was changed at ${platform}.`;
  }
}

/** The status of a subscription that runs at a platform. */
export function remoteStatus({ state, drift }: RemoteView): { word: string; tone: Tone } {
  if (drift !== null)
    return { word: drift.problem === "removed" ? "Removed at platform" : "Drift", tone: "fail" };
  switch (state) {
    case "on":
      return { word: "Active", tone: "ok" };
    case "off":
      return { word: "Disabled", tone: "skip" };
    case "creating":
      return { word: "Creating", tone: "retry" };
    case "editing":
      return { word: "Updating", tone: "retry" };
    case "undoing":
      return { word: "Rolling back", tone: "retry" };
    case "removing":
      return { word: "Removing", tone: "retry" };
    default:
      return { word: state, tone: "skip" };
  }
}
