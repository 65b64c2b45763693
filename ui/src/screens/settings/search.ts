// The search params of Settings.

import { getRouteApi } from "@tanstack/react-router";
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

/** The search params of `/settings`. */
export interface SettingsSearch {
  /** The section to scroll to. */
  section?: SectionId;
}

/** Reads the address; unknown values are dropped. */
export function readSearch(search: Record<string, unknown>): SettingsSearch {
  return {
    section: oneOf(
      SECTIONS.map(({ id }) => id),
      search.section,
    ),
  };
}

/** The route, for its components: importing `route.ts` from them would be circular. */
export const routeApi = getRouteApi("/settings");
