// Event types in words.

import { useMemo } from "react";
import type { PlatformView } from "~/api/types";
import { useCall } from "~/data";

/** `conversion.approved` as `Conversion approved`, for types that are in no catalogue. */
export function spelledOut(type: string): string {
  const words = type.replace(/[._:/-]+/g, " ").trim();
  return words === "" ? type : words.charAt(0).toUpperCase() + words.slice(1);
}

/** The title of every event type in the catalogues; the first platform's wins. */
export function titlesOf(platforms: readonly PlatformView[]): Map<string, string> {
  const titles = new Map<string, string>();
  for (const platform of platforms) {
    for (const event of platform.events) {
      if (!titles.has(event.name)) titles.set(event.name, event.title);
    }
  }
  return titles;
}

/** Titles of event types. The catalogues are loaded once. */
export function useEventTitles(): (type: string) => string {
  const { data } = useCall("platforms", null, { live: false });
  return useMemo(() => {
    const titles = titlesOf(data ?? []);
    return (type: string) => titles.get(type) ?? spelledOut(type);
  }, [data]);
}
