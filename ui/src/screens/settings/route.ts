// The route of Settings.

import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { rootRoute } from "~/root";
import { readSearch } from "./search";

export const settingsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/settings",
  validateSearch: readSearch,
  component: lazyRouteComponent(() => import("./Settings"), "Settings"),
});
