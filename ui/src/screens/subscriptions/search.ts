// The search params of Subscriptions.

import { getRouteApi } from "@tanstack/react-router";
import { oneOf, text } from "~/search";

/** The search params of `/subscriptions`. */
export interface SubscriptionsSearch {
  /** Only failing subscriptions. */
  health?: "failing" | undefined;
  /** The subscription that is open. */
  id?: string | undefined;
  /** Text that names, hosts or event types contain. */
  q?: string | undefined;
  /** Shows the wizard or the edit form in place of the list. */
  do?: "new" | "edit" | undefined;
  /** The step of the wizard; the first if left out. */
  step?: "endpoint" | "test" | undefined;
  /** The subscription to duplicate. */
  from?: string | undefined;
  /** The initial platform of the wizard. */
  platform?: string | undefined;
  /** The initial event type of the wizard. */
  event?: string | undefined;
  /** The initial goal of the wizard, by title. */
  goal?: string | undefined;
  /** The brand whose platform is to send. */
  at?: string | undefined;
  /** Only subscriptions that match events of this brand. */
  brand?: string | undefined;
}

/** Reads the address; unknown values are dropped. */
export function readSearch(search: Record<string, unknown>): SubscriptionsSearch {
  return {
    health: oneOf(["failing"], search.health),
    id: text(search.id),
    q: text(search.q),
    do: oneOf(["new", "edit"], search.do),
    step: oneOf(["endpoint", "test"], search.step),
    from: text(search.from),
    platform: text(search.platform),
    event: text(search.event),
    goal: text(search.goal),
    at: text(search.at),
    brand: text(search.brand),
  };
}

/** The route, for its components: importing `route.ts` from them would be circular. */
export const routeApi = getRouteApi("/subscriptions");
