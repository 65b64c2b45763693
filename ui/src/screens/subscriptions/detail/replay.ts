// Since when, and what a plan counts, in words.

import { count } from "~/parts/format";

export type SpanId = "fail" | "1h" | "24h" | "7d" | "30d" | "at";

/** The spans that can be chosen. */
export const SPANS: readonly { value: SpanId; label: string }[] = [
  { value: "fail", label: "Since it began to fail" },
  { value: "1h", label: "1 hour" },
  { value: "24h", label: "24 hours" },
  { value: "7d", label: "7 days" },
  { value: "30d", label: "30 days" },
  { value: "at", label: "Since…" },
];

const MOMENT = /^(\d{4}-\d\d-\d\d)(?:[ T](\d\d?:\d\d(?::\d\d(?:\.\d+)?)?)(Z|[+-]\d\d:\d\d)?)?$/;

/** A moment as it is typed: without a zone as clocks show it here, a day alone from its midnight on. */
function momentOf(typed: string): number | undefined {
  const [, day, time = "00:00", zone = ""] = MOMENT.exec(typed) ?? [];
  if (day === undefined) return undefined;
  // Some engines read 31 February as 3 March.
  const noon = Date.parse(`${day}T12:00Z`);
  if (!Number.isFinite(noon) || !new Date(noon).toISOString().startsWith(day)) return undefined;
  // With its time, because a day alone is read in UTC.
  const at = Date.parse(`${day}T${time.replace(/^\d:/, "0$&")}${zone}`);
  return Number.isFinite(at) ? at : undefined;
}

const past = (typed: string): number | undefined => {
  const at = momentOf(typed);
  return at !== undefined && at <= Date.now() ? at : undefined;
};

/**
 * What is wrong with a moment that is typed. A time that lacks its last digits is not wrong until the
 * field is left; a day that no calendar has, or that is still to come, is.
 */
export function momentProblem(typed: string, left: boolean): string | undefined {
  const given = typed.trim();
  if (given === "" || past(given) !== undefined) return undefined;
  const begun = given.length < 10 || (past(given.slice(0, 10)) !== undefined && !MOMENT.test(given));
  return begun && !left ? undefined : "Not a date and time of the past.";
}

/**
 * The moment a span begins, as the program takes it; `null` while what is typed is no moment of the
 * past.
 */
export function sinceOf(span: SpanId, failingSince: string | null, typed = ""): string | null {
  if (span === "at") {
    const at = past(typed.trim());
    return at === undefined ? null : new Date(at).toISOString();
  }
  return span === "fail" ? (failingSince ?? "24h") : span;
}

const SORTS: Record<string, string> = {
  exhausted: "Schedule used up",
  rejected: "Refused by the endpoint",
  gone: "Endpoint said it is gone",
  blocked: "Blocked by our rules",
  never_sent: "Never sent",
  skipped: "Skipped",
  delivered: "Delivered before",
  failed: "Failed before",
  cancelled: "Cancelled before",
  filtered: "Left out by its filter",
  under_way: "Already on their way",
  body_pruned: "Body pruned, cannot be sent",
};

/** What a plan counts, as terms and values. */
export function planWords(counts: Record<string, number | undefined>): [string, string][] {
  return Object.entries(counts)
    .filter((entry): entry is [string, number] => entry[1] !== undefined)
    .map(([sort, n]) => [SORTS[sort] ?? sort, count(n)]);
}
