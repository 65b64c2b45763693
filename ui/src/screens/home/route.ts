// Where Home lives in the address.

import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { rootRoute } from "~/root";
import { text } from "~/search";

/** What the address says. */
export interface HomeSearch {
  /** Only what this brand's events do. */
  brand?: string | undefined;
}

export const homeRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/",
  validateSearch: (search: Record<string, unknown>): HomeSearch => ({ brand: text(search.brand) }),
  component: lazyRouteComponent(() => import("./Home"), "Home"),
});
