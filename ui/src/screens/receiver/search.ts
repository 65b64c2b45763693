// The search params of Receiver.

import { getRouteApi } from "@tanstack/react-router";
import { flag, oneOf, text } from "~/search";

/** The search params of `/receiver`. */
export interface ReceiverSearch {
  /** A source, by id; the first if left out. */
  source?: string;
  /** The open request, by `requestKey`. */
  request?: string;
  show?: "accepted" | "rejected";
  /** The form for a new source is open. */
  new?: true;
  /** One of the tools in place of a source. */
  tool?: "targets" | "check" | "public-endpoint";
  /** The selected target, by id. */
  target?: string;
  /** The URL that the receiver check starts with. */
  url?: string;
}

/** Reads the address; unknown values are dropped. */
export function readSearch(search: Record<string, unknown>): ReceiverSearch {
  return {
    source: text(search.source),
    request: text(search.request),
    show: oneOf(["accepted", "rejected"], search.show),
    new: flag(search.new),
    tool: oneOf(["targets", "check", "public-endpoint"], search.tool),
    target: text(search.target),
    url: text(search.url),
  };
}

/** The route, for its components: importing `route.ts` from them would be circular. */
export const routeApi = getRouteApi("/receiver");
