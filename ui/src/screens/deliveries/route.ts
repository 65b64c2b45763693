// Where Deliveries lives in the address.

import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { rootRoute } from "~/root";
import { list, text } from "~/search";

export const deliveriesRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/deliveries",
  validateSearch: (search: Record<string, unknown>) => ({
    state: list(search.state),
    subscription: list(search.subscription),
    event_type: list(search.event_type),
    q: text(search.q),
    id: text(search.id),
  }),
  component: lazyRouteComponent(() => import("./Deliveries"), "Deliveries"),
});
