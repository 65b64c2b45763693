// The route of Brands, and their entries in the command palette.

import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { call } from "~/api";
import { addActions, addSearch } from "~/frame/palette/actions";
import { rootRoute } from "~/root";
import { readSearch } from "./search";

export const brandsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/brands",
  validateSearch: readSearch,
  component: lazyRouteComponent(() => import("./Brands"), "Brands"),
});

addActions(() => [
  {
    id: "connect platform",
    label: "Connect a platform",
    description: "Paste the API key of your affiliate platform and manage its webhooks from here",
    group: "Actions",
    keywords: "brand account key trackdesk trcker track360 api",
    run: (navigate) => navigate({ to: "/brands", search: { do: "connect" } }),
  },
]);

addSearch(async (query) => {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return [];
  const brands = await call("brands");
  return brands
    .filter(({ name, platform_title, id }) => {
      const all = `${name} ${platform_title} ${id}`.toLowerCase();
      return words.every((word) => all.includes(word));
    })
    .slice(0, 5)
    .map(({ id, name, platform_title }) => ({
      id: `brand ${id}`,
      label: name,
      description: platform_title,
      group: "Brands",
      run: (navigate) => navigate({ to: "/brands", search: { id } }),
    }));
});
