// The search params of Home.

import { getRouteApi } from "@tanstack/react-router";
import { text } from "~/search";

/** The search params of `/`. */
export interface HomeSearch {
  /** Only what this brand's events do. */
  brand?: string | undefined;
}

/** Reads the address; unknown values are dropped. */
export function readSearch(search: Record<string, unknown>): HomeSearch {
  return { brand: text(search.brand) };
}

/** The route, for its components: importing `route.ts` from them would be circular. */
export const routeApi = getRouteApi("/");
