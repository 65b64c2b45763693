// The route of Home.

import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { rootRoute } from "~/root";
import { readSearch } from "./search";

export const homeRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/",
  validateSearch: readSearch,
  component: lazyRouteComponent(() => import("./Home"), "Home"),
});
