// Where Subscriptions lives in the address, and how they are found from everywhere.

import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { call } from "~/api";
import { addActions, addSearch } from "~/frame/actions";
import { rootRoute } from "~/root";
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

export const subscriptionsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/subscriptions",
  validateSearch: (search: Record<string, unknown>): SubscriptionsSearch => ({
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
  }),
  component: lazyRouteComponent(() => import("./Subscriptions"), "Subscriptions"),
});

/** Goes there from outside a component. */
async function go(search: SubscriptionsSearch): Promise<void> {
  const { router } = await import("~/router");
  await router.navigate({ to: "/subscriptions", search });
}

addActions(() => [
  {
    id: "new subscription",
    label: "New subscription",
    description: "Choose what should happen, say where to, and try it",
    group: "Actions",
    keywords: "create add webhook endpoint",
    run: () => void go({ do: "new" }),
  },
]);

addSearch(async (query) => {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return [];
  const lines = await call("subscriptions");
  return lines
    .filter((line) => {
      const all = `${line.name} ${line.url} ${line.id} ${line.health.told}`.toLowerCase();
      return words.every((word) => all.includes(word));
    })
    .slice(0, 8)
    .map((line) => ({
      id: `subscription ${line.id}`,
      label: line.name || line.url,
      description: line.url,
      group: "Subscriptions",
      run: () => void go({ id: line.id }),
    }));
});
