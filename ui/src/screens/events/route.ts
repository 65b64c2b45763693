// The address of the screen.
import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { root } from "../../root";
import { type Raw, text } from "../../search";

/** What the address says. */
export interface EventsSearch {
  q?: string;
  /** The type of event that is open. */
  type?: string;
}

export const route = createRoute({
  getParentRoute: () => root,
  path: "/events",
  validateSearch: (raw: Raw): EventsSearch => ({ q: text(raw, "q"), type: text(raw, "type") }),
  component: lazyRouteComponent(() => import("./screen")),
});
