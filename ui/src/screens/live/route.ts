// The route of Live.

import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { rootRoute } from "~/root";
import { readSearch } from "./search";

export const liveRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/live",
  validateSearch: readSearch,
  component: lazyRouteComponent(() => import("./Live"), "Live"),
});
