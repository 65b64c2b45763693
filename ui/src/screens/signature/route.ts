// The route of Signature lab.

import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { rootRoute } from "~/root";
import { readSearch } from "./search";

export const signatureRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/signature",
  validateSearch: readSearch,
  component: lazyRouteComponent(() => import("./Signature"), "Signature"),
});
