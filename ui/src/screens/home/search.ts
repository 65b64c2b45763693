// The search params of Home.

import { getRouteApi } from "@tanstack/react-router";
import { text } from "~/search";

/** What the address says. */
export interface HomeSearch {
  /** Only what this brand's events do. */
  brand?: string | undefined;
}

/** Reads the address; unknown values are dropped. */
export function readSearch(search: Record<string, unknown>): HomeSearch {
  return { brand: text(search.brand) };
}

/** The route, for the components below it: importing the route itself would go round in a ring. */
export const routeApi = getRouteApi("/");
