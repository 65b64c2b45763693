// Saved views of the log: its address under a name, without what happens to be open. Pure.

import { type DeliveriesSearch, readSearch } from "./search";

/** Under what they are kept among the preferences. */
export const VIEWS = "views.deliveries";

export interface View {
  name: string;
  search: DeliveriesSearch;
}

/** The most that a name may have. */
export const LONGEST = 60;

/** What of an address a view keeps. */
export function viewOf({ open, tab, attempt, ...search }: DeliveriesSearch): DeliveriesSearch {
  return Object.fromEntries(Object.entries(search).filter(([, value]) => value !== undefined));
}

/** Reads what was kept; what is no view is left out. */
export function readViews(kept: unknown): readonly View[] {
  if (!Array.isArray(kept)) return [];
  return kept.flatMap((each: unknown) => {
    const { name, search } = (each ?? {}) as { name?: unknown; search?: unknown };
    if (typeof name !== "string" || name.trim() === "" || typeof search !== "object") return [];
    return [{ name, search: viewOf(readSearch((search ?? {}) as Record<string, unknown>)) }];
  });
}

const inOrder = (views: readonly View[]): View[] =>
  views.toSorted((a, b) => a.name.localeCompare(b.name, "en", { sensitivity: "base", numeric: true }));

/** Why a name cannot be given, or nothing. `of` is the view that has it now. */
export function nameProblem(views: readonly View[], name: string, of?: string): string | null {
  const given = name.trim();
  if (given === "") return "A view needs a name.";
  if (given.length > LONGEST) return `At most ${LONGEST} characters.`;
  const taken = views.some((view) => view.name !== of && view.name.toLowerCase() === given.toLowerCase());
  return taken ? `There is a view “${given}” already.` : null;
}

export const saved = (views: readonly View[], name: string, search: DeliveriesSearch): View[] =>
  inOrder([...views, { name: name.trim(), search: viewOf(search) }]);

export const renamed = (views: readonly View[], name: string, to: string): View[] =>
  inOrder(views.map((view) => (view.name === name ? { ...view, name: to.trim() } : view)));

export const removed = (views: readonly View[], name: string): View[] =>
  views.filter((view) => view.name !== name);

/** The view that the address shows, if it is one. */
export function shownView(views: readonly View[], search: DeliveriesSearch): View | undefined {
  const wanted = written(search);
  return views.find((view) => written(view.search) === wanted);
}

const written = (search: DeliveriesSearch): string =>
  JSON.stringify(Object.entries(viewOf(search)).toSorted(([a], [b]) => (a < b ? -1 : 1)));
