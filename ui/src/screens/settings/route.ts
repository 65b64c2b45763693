// Where Settings lives in the address.

import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { rootRoute } from "~/root";
import { oneOf } from "~/search";

/** The sections, in order: the anchor in the address and the name. */
export const SECTIONS = [
  { id: "appearance", name: "Appearance" },
  { id: "data", name: "Data" },
  { id: "retention", name: "Retention" },
  { id: "vault", name: "Vault" },
  { id: "retries", name: "Retry presets" },
  { id: "keys", name: "Keyboard" },
  { id: "diagnostics", name: "Diagnostics" },
  { id: "about", name: "About" },
] as const;

export type SectionId = (typeof SECTIONS)[number]["id"];

export const settingsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/settings",
  validateSearch: (search: Record<string, unknown>): { section?: SectionId } => ({
    section: oneOf(
      SECTIONS.map(({ id }) => id),
      search.section,
    ),
  }),
  component: lazyRouteComponent(() => import("./Settings"), "Settings"),
});
