// The search params of Brands.

import { getRouteApi } from "@tanstack/react-router";
import { oneOf, text } from "~/search";

export const TABS = ["webhooks", "log", "events"] as const;
export type BrandTab = (typeof TABS)[number];

/** What the address says. */
export interface BrandsSearch {
  /** The brand that is open. */
  id?: string | undefined;
  /** Connects another one, in place of the list. */
  do?: "connect" | undefined;
  /** The platform that is connected. */
  platform?: string | undefined;
  /** What of the open brand is shown. */
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

/** The route, for the components below it: importing the route itself would go round in a ring. */
export const routeApi = getRouteApi("/brands");
