// The search params of Live.

import { text } from "~/search";

/** The search params of `/live`. */
export interface LiveSearch {
  event_type?: string;
  brand?: string;
  /** What ids or payloads contain. */
  q?: string;
  /** The event in the panel: its id, with its brand or source where the id alone is ambiguous. */
  open?: string;
  of_brand?: string;
  of_source?: string;
}

/** Reads the address; unknown values are dropped. */
export function readSearch(search: Record<string, unknown>): LiveSearch {
  return {
    event_type: text(search.event_type),
    brand: text(search.brand),
    q: text(search.q),
    open: text(search.open),
    of_brand: text(search.of_brand),
    of_source: text(search.of_source),
  };
}
