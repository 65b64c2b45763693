// The address of the screen.
import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { root } from "../../root";
import { type Raw, text } from "../../search";

/** What the address says. */
export interface LiveSearch {
  q?: string;
  /** Only events of this type. */
  type?: string;
  /** The event that is open. */
  id?: string;
}

export const route = createRoute({
  getParentRoute: () => root,
  path: "/live",
  validateSearch: (raw: Raw): LiveSearch => ({
    q: text(raw, "q"),
    type: text(raw, "type"),
    id: text(raw, "id"),
  }),
  component: lazyRouteComponent(() => import("./screen")),
});
