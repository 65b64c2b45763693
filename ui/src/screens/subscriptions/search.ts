// The search params of Subscriptions.

import { getRouteApi } from "@tanstack/react-router";
import { oneOf, text } from "~/search";

/** What the address says. */
export interface SubscriptionsSearch {
  /** Only those that fail. */
  health?: "failing" | undefined;
  /** The subscription that is open. */
  id?: string | undefined;
  /** What names, hosts or events contain. */
  q?: string | undefined;
  /** Makes a new one, or edits the open one, in place of the list. */
  do?: "new" | "edit" | undefined;
  /** Which step of the wizard; the first if left out. */
  step?: "where" | "try" | undefined;
  /** The subscription that a new one begins as a copy of. */
  from?: string | undefined;
  /** The platform that a new one begins with. */
  platform?: string | undefined;
  /** The event type that a new one begins with. */
  event?: string | undefined;
  /** The goal that a new one begins with, by its title. */
  goal?: string | undefined;
  /** The brand at whose platform a new one is to run. */
  at?: string | undefined;
  /** Only those that take events of this brand. */
  brand?: string | undefined;
}

/** Reads the address; unknown values are dropped. */
export function readSearch(search: Record<string, unknown>): SubscriptionsSearch {
  return {
    health: oneOf(["failing"], search.health),
    id: text(search.id),
    q: text(search.q),
    do: oneOf(["new", "edit"], search.do),
    step: oneOf(["where", "try"], search.step),
    from: text(search.from),
    platform: text(search.platform),
    event: text(search.event),
    goal: text(search.goal),
    at: text(search.at),
    brand: text(search.brand),
  };
}

/** The route, for the components below it: importing the route itself would go round in a ring. */
export const routeApi = getRouteApi("/subscriptions");
