// What the palette offers: screens add their actions and searches while they are shown.
import { createSpotlight } from "@mantine/spotlight";
import type { TablerIcon } from "@tabler/icons-react";
import { useEffect, useId, useRef, useSyncExternalStore } from "react";

/** Something one can go to or do. */
export interface Action {
  id: string;
  label: string;
  /** In dim letters behind the label. */
  description?: string;
  icon?: TablerIcon;
  /** The shortcut that does the same. */
  keys?: string;
  /** What else one might call it. */
  words?: string;
  run(): void;
}

/** Actions under one heading. */
export interface ActionGroup {
  group: string;
  actions: readonly Action[];
}

/** Answers actions for what the user typed, such as deliveries by id. */
export type Finder = (typed: string, signal: AbortSignal) => Promise<readonly Action[]>;

export const [paletteStore, palette] = createSpotlight();
export const openPalette = (): void => palette.open();

interface Registered {
  id: string;
  group: string;
  actions?: readonly Action[];
  find?: Finder;
}

let registered: readonly Registered[] = [];
const listeners = new Set<() => void>();

function change(next: readonly Registered[]): void {
  registered = next;
  for (const listener of listeners) listener();
}

function put(entry: Registered): () => void {
  change([...registered, entry]);
  return () => change(registered.filter((one) => one !== entry));
}

/** Adds actions to the palette while the component is shown. */
export function useActions(group: string, actions: readonly Action[]): void {
  const id = useId();
  const latest = useRef(actions);
  latest.current = actions;
  const shape = JSON.stringify(
    actions.map(({ id, label, description, words, keys }) => [id, label, description, words, keys]),
  );
  // biome-ignore lint/correctness/useExhaustiveDependencies: the shape stands for the actions.
  useEffect(
    () =>
      put({
        id,
        group,
        actions: latest.current.map((action, n) => ({ ...action, run: () => latest.current[n]?.run() })),
      }),
    [id, group, shape],
  );
}

/** Adds a search to the palette while the component is shown. */
export function useFinder(group: string, find: Finder): void {
  const id = useId();
  const latest = useRef(find);
  latest.current = find;
  useEffect(() => put({ id, group, find: (typed, signal) => latest.current(typed, signal) }), [id, group]);
}

/** Everything that was added. */
export function useRegistered(): readonly Registered[] {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => registered,
  );
}

/** The actions that contain every word that was typed, those that start with it first. */
export function filterActions(actions: readonly Action[], typed: string): Action[] {
  const wanted = typed.toLowerCase().split(/\s+/).filter(Boolean);
  const text = (action: Action) =>
    `${action.label} ${action.description ?? ""} ${action.words ?? ""}`.toLowerCase();
  const starts = (action: Action) => (action.label.toLowerCase().startsWith(wanted.join(" ")) ? 0 : 1);
  return actions
    .filter((action) => wanted.every((word) => text(action).includes(word)))
    .sort((a, b) => starts(a) - starts(b));
}
