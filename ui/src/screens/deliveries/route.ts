// The address of the screen.
import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { root } from "../../root";
import { type Raw, text, words } from "../../search";

/** What the address says: the filters, and which delivery is open. */
export interface DeliveriesSearch {
  q?: string;
  state?: string[];
  subscription?: string[];
  event_type?: string[];
  outcome?: string[];
  status?: string[];
  attempts?: string[];
  event?: string;
  since?: string;
  until?: string;
  /** The delivery that is open. */
  id?: string;
  /** The tab of the detail. */
  tab?: string;
}

export const route = createRoute({
  getParentRoute: () => root,
  path: "/deliveries",
  validateSearch: (raw: Raw): DeliveriesSearch => ({
    q: text(raw, "q"),
    state: words(raw, "state"),
    subscription: words(raw, "subscription"),
    event_type: words(raw, "event_type"),
    outcome: words(raw, "outcome"),
    status: words(raw, "status"),
    attempts: words(raw, "attempts"),
    event: text(raw, "event"),
    since: text(raw, "since"),
    until: text(raw, "until"),
    id: text(raw, "id"),
    tab: text(raw, "tab"),
  }),
  component: lazyRouteComponent(() => import("./screen")),
});
