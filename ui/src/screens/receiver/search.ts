// The search params of Receiver.

import { getRouteApi } from "@tanstack/react-router";
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

/** Reads the address; unknown values are dropped. */
export function readSearch(search: Record<string, unknown>): ReceiverSearch {
  return {
    source: text(search.source),
    request: text(search.request),
    show: oneOf(["taken", "refused"], search.show),
    new: flag(search.new),
    tool: oneOf(["targets", "check", "reach"], search.tool),
    target: text(search.target),
    url: text(search.url),
  };
}

/** The route, for the components below it: importing the route itself would go round in a ring. */
export const routeApi = getRouteApi("/receiver");
