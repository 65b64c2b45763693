// The route of Deliveries, and its saved views in the command palette.

import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { preference } from "~/api";
import { addSearch, filterActions } from "~/frame/palette/actions";
import { rootRoute } from "~/root";
import { readSearch } from "./search";
import { readViews, VIEWS } from "./views/views";

export const deliveriesRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/deliveries",
  validateSearch: readSearch,
  component: lazyRouteComponent(() => import("./Deliveries"), "Deliveries"),
});

addSearch(async (query) =>
  filterActions(
    query,
    readViews(preference<unknown[]>(VIEWS, [])).map(({ id, name, search }) => ({
      id: `view ${id}`,
      label: name,
      description: "A saved view of Deliveries",
      group: "Saved views",
      run: (navigate) => navigate({ to: "/deliveries", search }),
    })),
  ),
);
