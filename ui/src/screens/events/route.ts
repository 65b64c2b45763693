// The route of Events, and the event types in the command palette.

import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { call } from "~/api";
import { addSearch } from "~/frame/palette/actions";
import { rootRoute } from "~/root";
import { readSearch } from "./search";

export const eventsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/events",
  validateSearch: readSearch,
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
      run: (navigate) => navigate({ to: "/events", search: { type: name } }),
    }));
});
