// Time ranges, and the counts of a preview in words.

import { count } from "~/parts/format";

export type SpanId = "fail" | "1h" | "24h" | "7d" | "30d" | "at";

/** The selectable time ranges. */
export const SPANS: readonly { value: SpanId; label: string }[] = [
  { value: "fail", label: "Since the first failure" },
  { value: "1h", label: "1 hour" },
  { value: "24h", label: "24 hours" },
  { value: "7d", label: "7 days" },
  { value: "30d", label: "30 days" },
  { value: "at", label: "Since…" },
];

const MOMENT = /^(\d{4}-\d\d-\d\d)(?:[ T](\d\d?:\d\d(?::\d\d(?:\.\d+)?)?)(Z|[+-]\d\d:\d\d)?)?$/;

/** A typed moment: local time without a zone, midnight without a time. */
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
 * The error of a typed moment. An incomplete time is no error until blur; an impossible or future day
 * is.
 */
export function momentProblem(typed: string, left: boolean): string | undefined {
  const given = typed.trim();
  if (given === "" || past(given) !== undefined) return undefined;
  const begun = given.length < 10 || (past(given.slice(0, 10)) !== undefined && !MOMENT.test(given));
  return begun && !left ? undefined : "Enter a date and time in the past.";
}

/**
 * The start of a time range as command input; `null` while the typed moment is not in the past.
 */
export function sinceOf(span: SpanId, failingSince: string | null, typed = ""): string | null {
  if (span === "at") {
    const at = past(typed.trim());
    return at === undefined ? null : new Date(at).toISOString();
  }
  return span === "fail" ? (failingSince ?? "24h") : span;
}

const SORTS: Record<string, string> = {
  exhausted: "Retries exhausted",
  rejected: "Rejected by the endpoint",
  gone: "Endpoint gone",
  blocked: "Blocked by address rules",
  never_sent: "Never sent",
  skipped: "Skipped",
  delivered: "Already delivered",
  failed: "Failed",
  cancelled: "Cancelled",
  filtered: "Excluded by the filter",
  under_way: "In flight",
  body_pruned: "Body deleted by retention",
};

/** The counts of a preview, as terms and values. */
export function planWords(counts: Record<string, number | undefined>): [string, string][] {
  return Object.entries(counts)
    .filter((entry): entry is [string, number] => entry[1] !== undefined)
    .map(([sort, n]) => [SORTS[sort] ?? sort, count(n)]);
}
