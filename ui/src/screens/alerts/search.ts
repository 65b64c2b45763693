// The search params of Alerts.

import { getRouteApi } from "@tanstack/react-router";
import { oneOf, text } from "~/search";

export const STATES = ["open", "acknowledged", "all"] as const;
export type AlertState = (typeof STATES)[number];

/** The search params of `/alerts`. */
export interface AlertsSearch {
  /** Which alerts; the open ones if left out. */
  state?: AlertState;
  /** The alert in the panel. */
  open?: string;
}

/** Reads the address; unknown values are dropped. */
export function readSearch(search: Record<string, unknown>): AlertsSearch {
  return {
    state: oneOf(["acknowledged", "all"], search.state),
    open: text(search.open),
  };
}

/** The route, for its components: importing `route.ts` from them would be circular. */
export const routeApi = getRouteApi("/alerts");
