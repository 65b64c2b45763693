// Where Brands live in the address, and how they are found from everywhere.

import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { call } from "~/api";
import { addActions, addSearch } from "~/frame/actions";
import { rootRoute } from "~/root";
import { oneOf, text } from "~/search";

export const TABS = ["webhooks", "log", "events"] as const;
export type BrandTab = (typeof TABS)[number];

/** What the address says. */
export interface BrandsSearch {
  /** The brand that is open. */
  id?: string | undefined;
  /** Connects another one, in place of the list. */
  do?: "connect" | undefined;
  /** The platform that is connected. */
  platform?: string | undefined;
  /** What of the open brand is shown. */
  tab?: BrandTab | undefined;
}

export const brandsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/brands",
  validateSearch: (search: Record<string, unknown>): BrandsSearch => ({
    id: text(search.id),
    do: oneOf(["connect"], search.do),
    platform: text(search.platform),
    tab: oneOf(TABS, search.tab),
  }),
  component: lazyRouteComponent(() => import("./Brands"), "Brands"),
});

async function go(search: BrandsSearch): Promise<void> {
  const { router } = await import("~/router");
  await router.navigate({ to: "/brands", search });
}

addActions(() => [
  {
    id: "connect platform",
    label: "Connect a platform",
    description: "Paste the API key of your affiliate platform and manage its webhooks from here",
    group: "Actions",
    keywords: "brand account key trackdesk trcker track360 api",
    run: () => void go({ do: "connect" }),
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
      run: () => void go({ id }),
    }));
});
