// All addresses. They stand behind the hash, so that the window can be reloaded anywhere.
import { createHashHistory, createRouter } from "@tanstack/react-router";
import { Broken } from "./frame/broken";
import { root } from "./root";
import { route as deliveries } from "./screens/deliveries/route";
import { route as events } from "./screens/events/route";
import { route as home } from "./screens/home/route";
import { route as live } from "./screens/live/route";
import { route as receiver } from "./screens/receiver/route";
import { route as settings } from "./screens/settings/route";
import { route as signatureLab } from "./screens/signature-lab/route";
import { route as subscriptions } from "./screens/subscriptions/route";

export const router = createRouter({
  routeTree: root.addChildren([
    home,
    subscriptions,
    live,
    deliveries,
    signatureLab,
    receiver,
    events,
    settings,
  ]),
  history: createHashHistory(),
  defaultPreload: "intent",
  defaultErrorComponent: Broken,
  defaultPendingMs: 200,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
