// What the palette offers beside the screens: actions, and search results from the screens' providers.

import type { UseNavigateResult } from "@tanstack/react-router";
import { useEffect, useRef, useSyncExternalStore } from "react";

/** Goes to another screen. */
export type Navigate = UseNavigateResult<string>;

/** Something the palette offers. */
export interface Action {
  /** Unique among all actions. */
  id: string;
  label: string;
  /** One line below the label. */
  description?: string;
  /** The heading it stands under: `Actions`, `Subscriptions`. */
  group: string;
  icon?: React.ReactNode;
  /** Other words that find it. */
  keywords?: string;
  /** Its shortcut, shown beside it. */
  keys?: string;
  /** Does it. What it returns is not waited for. */
  run: (navigate: Navigate) => unknown;
}

/** Finds things by what was typed; called 120 ms after the last key. */
export type SearchProvider = (query: string, signal: AbortSignal) => Promise<readonly Action[]>;

const sets = new Set<{ current: () => readonly Action[] }>();
const providers = new Set<SearchProvider>();
const listeners = new Set<() => void>();
let all: readonly Action[] = [];

function changed() {
  all = [...sets].flatMap((set) => set.current());
  for (const listener of listeners) listener();
}

/** Registers actions until the returned function is called. */
export function addActions(current: () => readonly Action[]): () => void {
  const set = { current };
  sets.add(set);
  changed();
  return () => {
    sets.delete(set);
    changed();
  };
}

/** Registers a search provider. Call it in a screen's `route.ts`, so that it works on every screen. */
export function addSearch(provider: SearchProvider): () => void {
  providers.add(provider);
  return () => providers.delete(provider);
}

/** Registers actions while the component is mounted. */
export function useActions(actions: readonly Action[]): void {
  const latest = useRef(actions);
  useEffect(() => {
    latest.current = actions;
  });
  const signature = actions.map((a) => `${a.id}\n${a.label}`).join("\n\n");
  // biome-ignore lint/correctness/useExhaustiveDependencies: re-registers them when ids or labels change
  useEffect(
    () =>
      addActions(() =>
        latest.current.map((a) => ({
          ...a,
          run: (navigate) => latest.current.find((b) => b.id === a.id)?.run(navigate),
        })),
      ),
    [signature],
  );
}

/** All registered actions. */
export function useRegisteredActions(): readonly Action[] {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => all,
  );
}

/** Asks every provider; one that fails returns no results. */
export async function searchEverything(query: string, signal: AbortSignal): Promise<readonly Action[]> {
  const found = await Promise.allSettled([...providers].map((provider) => provider(query, signal)));
  return found.flatMap((result) => (result.status === "fulfilled" ? result.value : []));
}

/** The actions that hold every word of the query, the best first. */
export function filterActions(query: string, actions: readonly Action[]): readonly Action[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return actions;
  const scored = actions.flatMap((action) => {
    const label = action.label.toLowerCase();
    const rest = `${action.description ?? ""} ${action.keywords ?? ""} ${action.group}`.toLowerCase();
    let score = 0;
    for (const word of words) {
      if (label.startsWith(word)) score += 4;
      else if (label.includes(` ${word}`)) score += 3;
      else if (label.includes(word)) score += 2;
      else if (rest.includes(word)) score += 1;
      else return [];
    }
    return [{ action, score }];
  });
  return scored.sort((a, b) => b.score - a.score).map(({ action }) => action);
}
