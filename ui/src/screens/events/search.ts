// The search params of Events.

import { getRouteApi } from "@tanstack/react-router";
import { oneOf, text } from "~/search";

/** The search params of `/events`. */
export interface EventsSearch {
  /** A platform by name, or `seen` for received event types; every platform if left out. */
  platform?: string;
  /** The open event type. */
  type?: string;
  /** Text that names and descriptions contain. */
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

/** The route, for its components: importing `route.ts` from them would be circular. */
export const routeApi = getRouteApi("/events");
