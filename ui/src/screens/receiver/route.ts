// Where Receiver lives in the address.

import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { rootRoute } from "~/root";

export const receiverRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/receiver",
  component: lazyRouteComponent(() => import("./Receiver"), "Receiver"),
});
