// Where Events lives in the address, and how event types are found from everywhere.

import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { call } from "~/api";
import { addSearch } from "~/frame/actions";
import { rootRoute } from "~/root";
import { oneOf, text } from "~/search";

/** What lies in the address. */
export interface EventsSearch {
  /** A platform by name, or `seen` for what really came; every platform if left out. */
  platform?: string;
  /** The open event type. */
  type?: string;
  /** What names and meanings contain. */
  q?: string;
  tab?: "schema" | "fields";
}

export const eventsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/events",
  validateSearch: (search: Record<string, unknown>): EventsSearch => ({
    platform: text(search.platform),
    type: text(search.type),
    q: text(search.q),
    tab: oneOf(["schema", "fields"], search.tab),
  }),
  component: lazyRouteComponent(() => import("./Events"), "Events"),
});

addSearch(async (query) => {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return [];
  const types = await call("event_types");
  return types
    .filter(({ name, meaning }) => words.every((word) => `${name} ${meaning}`.toLowerCase().includes(word)))
    .slice(0, 6)
    .map(({ name, meaning }) => ({
      id: `event type ${name}`,
      label: name,
      description: meaning,
      group: "Event types",
      run: () => {
        void import("~/router").then(({ router }) =>
          router.navigate({ to: "/events", search: { type: name } }),
        );
      },
    }));
});
