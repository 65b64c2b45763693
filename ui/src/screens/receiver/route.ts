// The address of the screen.
import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { root } from "../../root";
import { type Raw, text } from "../../search";

/** What the address says. */
export interface ReceiverSearch {
  /** The source that is open. */
  source?: string;
  /** The request that is open. */
  id?: string;
}

export const route = createRoute({
  getParentRoute: () => root,
  path: "/receiver",
  validateSearch: (raw: Raw): ReceiverSearch => ({ source: text(raw, "source"), id: text(raw, "id") }),
  component: lazyRouteComponent(() => import("./screen")),
});
