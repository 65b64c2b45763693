// The search params of Events.

import { getRouteApi } from "@tanstack/react-router";
import { oneOf, text } from "~/search";

/** What lies in the address. */
export interface EventsSearch {
  /** A platform by name, or `seen` for what really came; every platform if left out. */
  platform?: string;
  /** The open event type. */
  type?: string;
  /** What names and meanings contain. */
  q?: string;
  tab?: "schema" | "fields";
}

/** Reads the address; unknown values are dropped. */
export function readSearch(search: Record<string, unknown>): EventsSearch {
  return {
    platform: text(search.platform),
    type: text(search.type),
    q: text(search.q),
    tab: oneOf(["schema", "fields"], search.tab),
  };
}

/** The route, for the components below it: importing the route itself would go round in a ring. */
export const routeApi = getRouteApi("/events");
