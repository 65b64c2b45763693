// Where Subscriptions lives in the address.

import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { rootRoute } from "~/root";
import { oneOf, text } from "~/search";

export const subscriptionsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/subscriptions",
  validateSearch: (search: Record<string, unknown>) => ({
    health: oneOf(["failing"], search.health),
    id: text(search.id),
  }),
  component: lazyRouteComponent(() => import("./Subscriptions"), "Subscriptions"),
});
