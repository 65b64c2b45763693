// The route of Subscriptions, and their entries in the command palette.

import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { call } from "~/api";
import { addActions, addSearch } from "~/frame/palette/actions";
import { rootRoute } from "~/root";
import { readSearch } from "./search";

export const subscriptionsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/subscriptions",
  validateSearch: readSearch,
  component: lazyRouteComponent(() => import("./Subscriptions"), "Subscriptions"),
});

addActions(() => [
  {
    id: "new subscription",
    label: "New subscription",
    description: "Select events, enter the endpoint, send a test",
    group: "Actions",
    keywords: "create add webhook endpoint",
    run: (navigate) => navigate({ to: "/subscriptions", search: { do: "new" } }),
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
      run: (navigate) => navigate({ to: "/subscriptions", search: { id: line.id } }),
    }));
});
