// The search params of the signature lab.

import { getRouteApi } from "@tanstack/react-router";
import { integer, oneOf, text } from "~/search";

/** The search params of `/signature`: a stored request to load, and the mode. */
export interface SignatureSearch {
  /** The delivery whose request is loaded. */
  delivery?: string;
  /** Which of its attempts; the last if left out. */
  attempt?: number;
  mode?: "sign";
}

/** A request that another screen passes with `state: { lab }`. */
export interface LabRequestState {
  scheme?: string;
  /** The subscription or source whose stored secret is used. */
  secretOf?: string;
  /** One header per line. */
  headers: string;
  /** The body as text, or its bytes in base64. */
  body?: string;
  body_base64?: string;
  /** When it was received, RFC 3339. */
  at?: string;
  /** Its origin, in words. */
  from: string;
}

declare module "@tanstack/react-router" {
  interface HistoryState {
    lab?: LabRequestState;
  }
}

/** Reads the address; unknown values are dropped. */
export function readSearch(search: Record<string, unknown>): SignatureSearch {
  return {
    delivery: text(search.delivery),
    attempt: integer(search.attempt),
    mode: oneOf(["sign"], search.mode),
  };
}

/** The route, for its components: importing `route.ts` from them would be circular. */
export const routeApi = getRouteApi("/signature");
