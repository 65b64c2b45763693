// The route of Receiver.

import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { rootRoute } from "~/root";
import { readSearch } from "./search";

export const receiverRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/receiver",
  validateSearch: readSearch,
  component: lazyRouteComponent(() => import("./Receiver"), "Receiver"),
});
