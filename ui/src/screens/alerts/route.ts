// Where Alerts lives in the address.

import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { addActions } from "~/frame/actions";
import { rootRoute } from "~/root";
import { oneOf, text } from "~/search";

export const STATES = ["open", "acknowledged", "all"] as const;
export type AlertState = (typeof STATES)[number];

/** What lies in the address. */
export interface AlertsSearch {
  /** Which alerts; the open ones if left out. */
  state?: AlertState;
  /** The alert in the panel. */
  open?: string;
}

export const alertsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/alerts",
  validateSearch: (search: Record<string, unknown>): AlertsSearch => ({
    state: oneOf(["acknowledged", "all"], search.state),
    open: text(search.open),
  }),
  component: lazyRouteComponent(() => import("./Alerts"), "Alerts"),
});

addActions(() => [
  {
    id: "open alerts",
    label: "Alerts",
    description: "What looks different from what it has always been",
    group: "Actions",
    keywords: "drift schema notifications",
    run: () => void import("~/router").then(({ router }) => router.navigate({ to: "/alerts" })),
  },
]);
