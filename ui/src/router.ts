// The router. The address is in the hash, which works with any protocol.

import { createHashHistory, createRouter } from "@tanstack/react-router";
import { ScreenFailed } from "./frame/ScreenFailed";
import { rootRoute } from "./root";
import { alertsRoute } from "./screens/alerts/route";
import { brandsRoute } from "./screens/brands/route";
import { bundleRoute } from "./screens/bundle/route";
import { deliveriesRoute } from "./screens/deliveries/route";
import { eventsRoute } from "./screens/events/route";
import { homeRoute } from "./screens/home/route";
import { liveRoute } from "./screens/live/route";
import { receiverRoute } from "./screens/receiver/route";
import { settingsRoute } from "./screens/settings/route";
import { signatureRoute } from "./screens/signature/route";
import { subscriptionsRoute } from "./screens/subscriptions/route";

const routeTree = rootRoute.addChildren([
  homeRoute,
  subscriptionsRoute,
  liveRoute,
  deliveriesRoute,
  signatureRoute,
  receiverRoute,
  eventsRoute,
  brandsRoute,
  alertsRoute,
  bundleRoute,
  settingsRoute,
]);

export const router = createRouter({
  routeTree,
  history: createHashHistory(),
  defaultPreload: "intent",
  defaultErrorComponent: ScreenFailed,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
