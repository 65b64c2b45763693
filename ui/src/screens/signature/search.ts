// The search params of the signature lab.

import { getRouteApi } from "@tanstack/react-router";
import { integer, oneOf, text } from "~/search";

/** What lies in the address: a stored request to load, and whether to check or to sign. */
export interface SignatureSearch {
  /** The delivery whose request is loaded. */
  delivery?: string;
  /** Which of its attempts; the last if left out. */
  attempt?: number;
  mode?: "sign";
}

/** A request that another screen hands over with `state: { lab }`, to be laid on the table. */
export interface LabHandOver {
  scheme?: string;
  /** The subscription or source whose kept secret is meant. */
  secretOf?: string;
  /** One header a line. */
  headers: string;
  /** The body as text, or its bytes in base64. */
  body?: string;
  body_base64?: string;
  /** When it came, RFC 3339. */
  at?: string;
  /** Where it comes from, in words. */
  from: string;
}

declare module "@tanstack/react-router" {
  interface HistoryState {
    lab?: LabHandOver;
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

/** The route, for the components below it: importing the route itself would go round in a ring. */
export const routeApi = getRouteApi("/signature");
