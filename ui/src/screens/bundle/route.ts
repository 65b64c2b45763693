// The route of incident bundles, and its entry in the command palette.

import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { addActions } from "~/frame/palette/actions";
import { rootRoute } from "~/root";

export const bundleRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/bundle",
  component: lazyRouteComponent(() => import("./Bundle"), "Bundle"),
});

addActions(() => [
  {
    id: "open bundle",
    label: "Open an incident bundle",
    description: "Read a delivery that a colleague exported",
    group: "Actions",
    keywords: "bundle incident import file",
    run: (navigate) => navigate({ to: "/bundle" }),
  },
]);
