// The search params of Brands.

import { getRouteApi } from "@tanstack/react-router";
import { oneOf, text } from "~/search";

export const TABS = ["webhooks", "log", "events"] as const;
export type BrandTab = (typeof TABS)[number];

/** The search params of `/brands`. */
export interface BrandsSearch {
  /** The brand that is open. */
  id?: string | undefined;
  /** Shows the connect form in place of the list. */
  do?: "connect" | undefined;
  /** The platform to connect. */
  platform?: string | undefined;
  /** The tab of the open brand. */
  tab?: BrandTab | undefined;
}

/** Reads the address; unknown values are dropped. */
export function readSearch(search: Record<string, unknown>): BrandsSearch {
  return {
    id: text(search.id),
    do: oneOf(["connect"], search.do),
    platform: text(search.platform),
    tab: oneOf(TABS, search.tab),
  };
}

/** The route, for its components: importing `route.ts` from them would be circular. */
export const routeApi = getRouteApi("/brands");
