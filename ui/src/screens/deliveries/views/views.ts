// Saved views of the log: named filters, for any brand. Pure.

import { type DeliveriesSearch, readSearch } from "../search";

/** The preference that stores them. */
export const VIEWS = "views.deliveries";

export interface View {
  /** Stays the same when the view is renamed. */
  id: number;
  name: string;
  search: DeliveriesSearch;
}

/** The maximum length of a name. */
export const MAX_NAME_LENGTH = 60;

/** What a view saves of the search params: not the open delivery, nor the brand, which all screens share. */
export function viewOf({ open, tab, attempt, brand, ...search }: DeliveriesSearch): DeliveriesSearch {
  return Object.fromEntries(Object.entries(search).filter(([, value]) => value !== undefined));
}

/** Reads the stored views; invalid ones are dropped, and views without a unique id get one. */
export function readViews(kept: unknown): readonly View[] {
  if (!Array.isArray(kept)) return [];
  const views: View[] = [];
  for (const each of kept as unknown[]) {
    const { id, name, search } = (each ?? {}) as { id?: unknown; name?: unknown; search?: unknown };
    if (typeof name !== "string" || name.trim() === "" || typeof search !== "object") continue;
    const own = typeof id === "number" && views.every((view) => view.id !== id);
    views.push({
      id: own ? id : nextId(views),
      name,
      search: viewOf(readSearch((search ?? {}) as Record<string, unknown>)),
    });
  }
  return views;
}

const nextId = (views: readonly View[]): number => 1 + Math.max(0, ...views.map(({ id }) => id));

const inOrder = (views: readonly View[]): View[] =>
  views.toSorted((a, b) => a.name.localeCompare(b.name, "en", { sensitivity: "base", numeric: true }));

/** The view with this name, case-insensitive. */
export const named = (views: readonly View[], name: string): View | undefined =>
  views.find((view) => view.name.toLowerCase() === name.trim().toLowerCase());

/** The error of a name, or `null`. */
export function nameProblem(name: string): string | null {
  const given = name.trim();
  if (given === "") return "Enter a name.";
  return given.length > MAX_NAME_LENGTH ? `At most ${MAX_NAME_LENGTH} characters.` : null;
}

/** The error of a new name for a view, or `null`. */
export function renameProblem(views: readonly View[], id: number, to: string): string | null {
  const other = named(
    views.filter((view) => view.id !== id),
    to,
  );
  return nameProblem(to) ?? (other ? `A view named “${other.name}” already exists.` : null);
}

/** The views with one added, or with the filters replaced in the view of this name. */
export function saved(views: readonly View[], name: string, search: DeliveriesSearch): View[] {
  const before = named(views, name);
  const view = { id: before?.id ?? nextId(views), name: name.trim(), search: viewOf(search) };
  return inOrder([...views.filter((each) => each !== before), view]);
}

export const renamed = (views: readonly View[], id: number, to: string): View[] =>
  inOrder(views.map((view) => (view.id === id ? { ...view, name: to.trim() } : view)));

export const removed = (views: readonly View[], id: number): View[] => views.filter((view) => view.id !== id);

/** The view that matches the address, if any. */
export function shownView(views: readonly View[], search: DeliveriesSearch): View | undefined {
  const wanted = written(search);
  return views.find((view) => written(view.search) === wanted);
}

const written = (search: DeliveriesSearch): string =>
  JSON.stringify(Object.entries(viewOf(search)).toSorted(([a], [b]) => (a < b ? -1 : 1)));
