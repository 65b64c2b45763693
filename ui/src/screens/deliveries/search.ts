// The search params of Deliveries, and the queries that follow from them.

import type { DeliveryQuery, HistogramQuery } from "~/api/types";
import { integer, list, oneOf, text } from "~/search";

/** Time ranges to choose from. */
export const RANGES = {
  "1h": { name: "Last hour", ms: 3_600_000 },
  "24h": { name: "Last 24 hours", ms: 86_400_000 },
  "7d": { name: "Last 7 days", ms: 7 * 86_400_000 },
  all: { name: "All time", ms: null },
} as const;
export type Range = keyof typeof RANGES;

export const TABS = ["attempts", "request", "response", "signature", "compare", "why"] as const;
export type Tab = (typeof TABS)[number];

/** The facets. */
export const FILTERS = ["state", "subscription", "event_type", "answer", "attempts", "kind"] as const;
export type Filter = (typeof FILTERS)[number];

/** The search params of `/deliveries`. `since` and `until` narrow the range; RFC 3339. */
export interface DeliveriesSearch {
  /** States, `waiting` and `retrying` among them. */
  state?: string[];
  /** Of this brand's events. */
  brand?: string;
  /** Ids of subscriptions. */
  subscription?: string[];
  event_type?: string[];
  /** Responses of the last attempt: statuses, classes and outcomes mixed: `401`, `5xx`, `timeout`. */
  answer?: string[];
  /** One range: `3`, `2-6`, `7-`. */
  attempts?: string[];
  /** `webhook` or `postback`. */
  kind?: string[];
  range?: Range;
  since?: string;
  until?: string;
  /** What ids, payloads, URLs or responses contain. */
  q?: string;
  /** One event's deliveries only, by its id. */
  event?: string;
  /** The delivery in the panel. */
  open?: string;
  tab?: Tab;
  /** The attempt that the panel shows; the last if left out. */
  attempt?: number;
}

const instant = (value: unknown): string | undefined => {
  const given = text(value);
  return given !== undefined && Number.isFinite(Date.parse(given)) ? given : undefined;
};
const values = (value: unknown): string[] | undefined =>
  list(list(value)?.flatMap((item) => item.split(",").map((part) => part.trim())));

/** Reads the address; unknown values are dropped. */
export function readSearch(given: Record<string, unknown>): DeliveriesSearch {
  const attempt = integer(given.attempt);
  const range = oneOf(["1h", "7d", "all"], given.range);
  const search: DeliveriesSearch = {
    range,
    since: instant(given.since),
    until: instant(given.until),
    q: text(given.q),
    event: text(given.event),
    brand: text(given.brand),
    open: text(given.open),
    tab: oneOf(TABS, given.tab),
    attempt: attempt !== undefined && attempt > 0 ? attempt : undefined,
  };
  for (const filter of FILTERS) search[filter] = values(given[filter]);
  return search;
}

const NONE: readonly string[] = [];
/** The values a filter has. */
export const chosen = (search: DeliveriesSearch, filter: Filter): readonly string[] => search[filter] ?? NONE;

/** The address with a filter set to these values. Attempts take one range, the last of them. */
export function choose(
  search: DeliveriesSearch,
  filter: Filter,
  wanted: readonly string[],
): DeliveriesSearch {
  const next = filter === "attempts" ? wanted.slice(-1) : [...wanted];
  return { ...search, [filter]: next.length > 0 ? next : undefined };
}

/** Whether any filter is set besides the time range. */
export const narrowed = (search: DeliveriesSearch): boolean =>
  [search.q, search.event, search.since, search.until].some((value) => value !== undefined) ||
  FILTERS.some((filter) => search[filter] !== undefined);

/** The address without its filters. */
export const cleared = ({ range, brand, open, tab, attempt }: DeliveriesSearch): DeliveriesSearch => ({
  brand,
  range,
  open,
  tab,
  attempt,
});

const age = (range: Range = "24h"): string | undefined => (range === "all" ? undefined : range);

function filters(search: DeliveriesSearch): DeliveryQuery {
  const query: DeliveryQuery = {};
  for (const filter of FILTERS) {
    const wanted = search[filter];
    if (wanted !== undefined) query[filter] = wanted.join(",");
  }
  if (search.q !== undefined) query.search = search.q;
  if (search.event !== undefined) query.event = search.event;
  if (search.brand !== undefined) query.brand = search.brand;
  return query;
}

/** The query of the list and the facets. */
export function queryOf(search: DeliveriesSearch): DeliveryQuery {
  const query = filters(search);
  const since = search.since ?? age(search.range);
  if (since !== undefined) query.since = since;
  if (search.until !== undefined) query.until = search.until;
  return query;
}

/** The query of the histogram: the whole range, even where a part of it is selected. */
export function histogramOf(search: DeliveriesSearch, bars: number): HistogramQuery {
  const since = age(search.range);
  return since === undefined
    ? { query: filters(search), bars, whole: true }
    : { query: { ...filters(search), since }, bars, whole: false };
}
