// Where an opened incident lives in the address.

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
    description: "What a colleague saved with Export",
    group: "Actions",
    keywords: "bundle incident import file",
    run: (navigate) => navigate({ to: "/bundle" }),
  },
]);
