// What the address of the log says: filters, time, the open delivery. And what is asked for it.

import type { DeliveryQuery } from "~/api/types";

/** Time ranges to choose from. */
export const RANGES = {
  "1h": { name: "Last hour", ms: 3_600_000 },
  "24h": { name: "Last 24 hours", ms: 86_400_000 },
  "7d": { name: "Last 7 days", ms: 7 * 86_400_000 },
  all: { name: "All time", ms: null },
} as const;
export type Range = keyof typeof RANGES;

export const TABS = ["attempts", "request", "response", "signature"] as const;
export type Tab = (typeof TABS)[number];

/** Filters that take several values, joined by commas. */
export const LISTED = ["state", "subscription", "event_type", "status", "outcome"] as const;
export type Listed = (typeof LISTED)[number];
/** All facets. */
export const FILTERS = [...LISTED, "attempts"] as const;
export type Filter = (typeof FILTERS)[number];

/** The search params of `/deliveries`. `since` and `until` narrow the range; RFC 3339. */
export interface DeliveriesSearch extends Partial<Record<Filter, string>> {
  range?: Range;
  since?: string;
  until?: string;
  search?: string;
  /** One event's deliveries only, by its id. */
  event?: string;
  /** The delivery in the panel. */
  open?: string;
  tab?: Tab;
  /** The attempt that the panel shows; the last if left out. */
  attempt?: number;
}

const text = (value: unknown): string | undefined => {
  if (typeof value === "number") return String(value);
  return typeof value === "string" && value !== "" ? value : undefined;
};
const instant = (value: unknown): string | undefined => {
  const given = text(value);
  return given !== undefined && Number.isFinite(Date.parse(given)) ? given : undefined;
};

/** Reads the address; what it does not know is dropped. */
export function readSearch(given: Record<string, unknown>): DeliveriesSearch {
  const search: DeliveriesSearch = {};
  for (const name of [...FILTERS, "search", "event", "open"] as const) {
    const value = text(given[name]);
    if (value !== undefined) search[name] = value;
  }
  const { range, tab, attempt } = given;
  if (typeof range === "string" && range in RANGES && range !== "24h") search.range = range as Range;
  const since = instant(given.since);
  const until = instant(given.until);
  if (since !== undefined) search.since = since;
  if (until !== undefined) search.until = until;
  if (typeof tab === "string" && TABS.some((known) => known === tab)) search.tab = tab as Tab;
  const number = Number(attempt);
  if (Number.isInteger(number) && number > 0) search.attempt = number;
  return search;
}

/** The values a filter has. */
export const chosen = (search: DeliveriesSearch, filter: Filter): string[] =>
  search[filter]?.split(",").filter((value) => value !== "") ?? [];

/** The address with a filter set to these values. Attempts take one range. A status and an outcome without
 * one exclude each other, so choosing one kind drops the other. */
export function choose(search: DeliveriesSearch, filter: Filter, values: readonly string[]): DeliveriesSearch {
  const kept = filter === "attempts" ? values.slice(-1) : values;
  const next: DeliveriesSearch = { ...search, [filter]: kept.length > 0 ? kept.join(",") : undefined };
  if (kept.length > 0 && filter === "status") delete next.outcome;
  if (kept.length > 0 && filter === "outcome") delete next.status;
  return next;
}

/** Whether anything narrows the log besides the time range. */
export const narrowed = (search: DeliveriesSearch): boolean =>
  search.search !== undefined ||
  search.event !== undefined ||
  search.since !== undefined ||
  search.until !== undefined ||
  FILTERS.some((filter) => search[filter] !== undefined);

/** The address without its filters. */
export function cleared(search: DeliveriesSearch): DeliveriesSearch {
  const { range, open, tab, attempt } = search;
  return { range, open, tab, attempt };
}

const age = (range: Range | undefined): string | undefined => {
  const chosenRange = range ?? "24h";
  return chosenRange === "all" ? undefined : chosenRange;
};

function filters(search: DeliveriesSearch): DeliveryQuery {
  const query: DeliveryQuery = {};
  for (const name of [...FILTERS, "search", "event"] as const) {
    const value = search[name];
    if (value !== undefined) query[name] = value;
  }
  return query;
}

/** What the list and the facets are asked. */
export function queryOf(search: DeliveriesSearch): DeliveryQuery {
  const query = filters(search);
  const since = search.since ?? age(search.range);
  if (since !== undefined) query.since = since;
  if (search.until !== undefined) query.until = search.until;
  return query;
}

/** What the histogram is asked: the whole range, also where a part of it is brushed. */
export function histogramQuery(search: DeliveriesSearch): DeliveryQuery {
  return { ...filters(search), since: age(search.range) ?? "30d" };
}
