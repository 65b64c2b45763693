// The route of Alerts, and its entry in the command palette.

import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { addActions } from "~/frame/palette/actions";
import { rootRoute } from "~/root";
import { readSearch } from "./search";

export const alertsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/alerts",
  validateSearch: readSearch,
  component: lazyRouteComponent(() => import("./Alerts"), "Alerts"),
});

addActions(() => [
  {
    id: "open alerts",
    label: "Alerts",
    description: "Events whose fields differ from earlier ones",
    group: "Actions",
    keywords: "drift schema notifications",
    run: (navigate) => navigate({ to: "/alerts" }),
  },
]);
