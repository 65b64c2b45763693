// Where Receiver lives in the address.

import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { rootRoute } from "~/root";
import { flag, oneOf, text } from "~/search";

/** What lies in the address: the source, the open request, which requests are shown. */
export interface ReceiverSearch {
  /** A source, by id; the first if left out. */
  source?: string;
  /** The open request, by `requestKey`. */
  request?: string;
  show?: "taken" | "refused";
  /** The form for a new source is open. */
  new?: true;
  /** One of the tools in place of a source. */
  tool?: "targets" | "check" | "reach";
  /** The target that is looked at, by id. */
  target?: string;
  /** The address that the check begins with. */
  url?: string;
}

export const receiverRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/receiver",
  validateSearch: (search: Record<string, unknown>): ReceiverSearch => ({
    source: text(search.source),
    request: text(search.request),
    show: oneOf(["taken", "refused"], search.show),
    new: flag(search.new),
    tool: oneOf(["targets", "check", "reach"], search.tool),
    target: text(search.target),
    url: text(search.url),
  }),
  component: lazyRouteComponent(() => import("./Receiver"), "Receiver"),
});
