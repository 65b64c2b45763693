// Where Signature lab lives in the address.

import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { rootRoute } from "~/root";

export const signatureRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/signature",
  component: lazyRouteComponent(() => import("./Signature"), "Signature"),
});
