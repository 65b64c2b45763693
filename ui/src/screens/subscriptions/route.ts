// The address of the screen.
import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { root } from "../../root";
import { choice, type Raw, text } from "../../search";

const LIGHTS = ["ok", "retrying", "failing", "off", "idle"] as const;

/** What the address says. */
export interface SubscriptionsSearch {
  q?: string;
  /** Only those that do like this. */
  light?: (typeof LIGHTS)[number];
  /** The subscription that is open. */
  id?: string;
}

export const route = createRoute({
  getParentRoute: () => root,
  path: "/subscriptions",
  validateSearch: (raw: Raw): SubscriptionsSearch => ({
    q: text(raw, "q"),
    light: choice(raw, "light", LIGHTS),
    id: text(raw, "id"),
  }),
  component: lazyRouteComponent(() => import("./screen")),
});
