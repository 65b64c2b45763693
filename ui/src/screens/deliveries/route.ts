// Where Deliveries lives in the address.

import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { rootRoute } from "~/root";
import { readSearch } from "./search";

export const deliveriesRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/deliveries",
  validateSearch: readSearch,
  component: lazyRouteComponent(() => import("./Deliveries"), "Deliveries"),
});
