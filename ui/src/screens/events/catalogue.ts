// The catalogues and the received event types, as one list.

import type { CatalogueEvent, EventTypeView, PlatformView } from "~/api/types";
import { spelledOut } from "~/parts/format/eventTitles";

/** An event type as one platform describes it. */
export interface Entry {
  platform: PlatformView;
  event: CatalogueEvent;
}

/** An event type, of any platform. */
export interface Line {
  name: string;
  title: string;
  meaning: string;
  /** The platforms that offer it. */
  entries: Entry[];
  seen: number;
  lastAt: string | null;
}

/** Every event type: those of a platform, or (`seen`) the received ones, or all. */
export function linesOf(
  platforms: readonly PlatformView[],
  types: readonly EventTypeView[],
  choice: string | undefined,
): Line[] {
  const seen = new Map(types.map((type) => [type.name, type]));
  const lines = new Map<string, Line>();
  const put = (name: string): Line => {
    const known = lines.get(name);
    if (known) return known;
    const type = seen.get(name);
    const line: Line = {
      name,
      title: spelledOut(name),
      meaning: "",
      entries: [],
      seen: type?.seen ?? 0,
      lastAt: type?.last_at ?? null,
    };
    lines.set(name, line);
    return line;
  };
  for (const platform of platforms) {
    for (const event of platform.events) {
      const line = put(event.name);
      if (line.entries.length === 0 || platform.name === choice) {
        line.title = event.title;
        line.meaning = event.meaning;
      }
      if (platform.name === choice) line.entries.unshift({ platform, event });
      else line.entries.push({ platform, event });
    }
  }
  for (const type of types) put(type.name);
  const all = [...lines.values()];
  if (choice === undefined) return all.toSorted((a, b) => a.name.localeCompare(b.name));
  if (choice === "seen") {
    return all
      .filter((line) => line.seen > 0)
      .toSorted((a, b) => b.seen - a.seen || a.name.localeCompare(b.name));
  }
  return all.filter((line) => line.entries[0]?.platform.name === choice);
}

/** The lines whose name, title or meaning contain every word. */
export function search(lines: readonly Line[], query: string | undefined): readonly Line[] {
  const words = (query ?? "").toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return lines;
  return lines.filter((line) => {
    const all = `${line.name} ${line.title} ${line.meaning}`.toLowerCase();
    return words.every((word) => all.includes(word));
  });
}
