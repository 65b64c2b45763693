// Where Subscriptions lives in the address.

import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { rootRoute } from "~/root";
import { oneOf, text } from "~/search";

/** What the address says. */
export interface SubscriptionsSearch {
  /** Only those that fail. */
  health?: "failing" | undefined;
  /** The subscription that is open. */
  id?: string | undefined;
}

export const subscriptionsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/subscriptions",
  validateSearch: (search: Record<string, unknown>): SubscriptionsSearch => ({
    health: oneOf(["failing"], search.health),
    id: text(search.id),
  }),
  component: lazyRouteComponent(() => import("./Subscriptions"), "Subscriptions"),
});
