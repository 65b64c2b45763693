// Since when, and what a plan counts, in words.

import { count } from "~/parts/words";

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

/**
 * The moment a span begins, as the program takes it; `null` while what is typed is no moment of the
 * past.
 */
export function sinceOf(span: SpanId, failingSince: string | null, typed = ""): string | null {
  if (span === "at") {
    const at = Date.parse(typed.trim().replace(" ", "T"));
    return typed.trim().length >= 10 && at <= Date.now() ? new Date(at).toISOString() : null;
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
