// The registry of keyboard shortcuts, grouped by scope ("Global", "Deliveries", "List"). Of two
// shortcuts with the same key, the one registered last wins.

import { useEffect, useRef, useSyncExternalStore } from "react";

/** A shortcut. */
export interface Shortcut {
  /**
   * The key as `KeyboardEvent.key` names it, with `mod+` (Ctrl, or ⌘ on a Mac), `shift+` and `alt+`
   * before it: `j`, `?`, `/`, `mod+k`, `shift+Enter`, `Escape`, ` ` (the space bar).
   */
  keys: string;
  /** What it does, in a few words, for the list of shortcuts. */
  label: string;
  /** Does it. Returning `false` leaves the key to others. */
  run: (event: KeyboardEvent) => unknown;
  /** Disabled and not listed when `false`. */
  enabled?: boolean;
  /** Also works while typing. Only for keys that insert no text. */
  whileTyping?: boolean;
}

/** The shortcuts of one scope, as they are listed. */
export interface ScopeView {
  scope: string;
  shortcuts: readonly { keys: string; label: string }[];
}

interface Group {
  scope: string;
  current: () => readonly Shortcut[];
}

const groups: Group[] = [];
const listeners = new Set<() => void>();
let listed: readonly ScopeView[] = [];

const MAC = typeof navigator !== "undefined" && /Mac|iPhone|iPad/.test(navigator.platform);

function changed() {
  const views: ScopeView[] = [];
  for (const group of groups) {
    let view = views.find((v) => v.scope === group.scope);
    if (!view) {
      view = { scope: group.scope, shortcuts: [] };
      views.push(view);
    }
    const shown = group.current().filter((s) => s.enabled !== false);
    view.shortcuts = [...view.shortcuts, ...shown.map(({ keys, label }) => ({ keys, label }))];
  }
  listed = views.filter((v) => v.shortcuts.length > 0);
  for (const listener of listeners) listener();
}

/** Registers shortcuts. Returns a function that removes them. */
export function addShortcuts(scope: string, current: () => readonly Shortcut[]): () => void {
  const group = { scope, current };
  groups.push(group);
  changed();
  return () => {
    groups.splice(groups.indexOf(group), 1);
    changed();
  };
}

/** Registers shortcuts while the component is mounted. */
export function useShortcuts(scope: string, shortcuts: readonly Shortcut[]): void {
  const latest = useRef(shortcuts);
  useEffect(() => {
    latest.current = shortcuts;
  });
  const signature = shortcuts.map((s) => `${s.keys}\n${s.label}\n${s.enabled !== false}`).join("\n\n");
  // biome-ignore lint/correctness/useExhaustiveDependencies: re-registers them when keys or labels change
  useEffect(() => addShortcuts(scope, () => latest.current), [scope, signature]);
}

/** All active shortcuts, by scope. */
export function useShortcutList(): readonly ScopeView[] {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => listed,
  );
}

/** Whether an event is the key that `keys` names. */
export function matches(keys: string, event: KeyboardEvent): boolean {
  const parts = keys === "+" ? ["+"] : keys.split("+");
  const key = parts.pop() ?? "";
  const mod = parts.includes("mod");
  const shift = parts.includes("shift");
  const alt = parts.includes("alt");
  if (mod !== (MAC ? event.metaKey : event.ctrlKey)) return false;
  if (MAC ? event.ctrlKey : event.metaKey) return false;
  if (event.altKey !== alt) return false;
  const letter = /^[a-z]$/i.test(key);
  if ((letter || key.length > 1) && event.shiftKey !== shift) return false;
  return letter ? event.key.toLowerCase() === key.toLowerCase() : event.key === key;
}

const TYPED_INTO = "input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable=true]";
const PRESSED = "button, summary, input, [role=button], [role=tab], [role=option], [role=separator]";

const LAYER = "[role=dialog][aria-modal=true], [role=menu]";
/** Whether a dialog or menu was open when the key went down, before any handler ran. */
let layered = false;
const noteLayer = () => {
  layered = document.querySelector(LAYER) !== null;
};

/** Runs the shortcut of a key. Returns whether there was one. */
export function press(event: KeyboardEvent): boolean {
  if (event.defaultPrevented || event.isComposing) return false;
  const target = event.target instanceof Element ? event.target : null;
  // A dialog handles its own keys, including the one that has just closed it.
  if (layered || document.querySelector(LAYER)) return false;
  const typing = target?.closest(TYPED_INTO) != null;
  const bare = !event.ctrlKey && !event.metaKey;
  const pressing = bare && (event.key === "Enter" || event.key === " ") && target?.closest(PRESSED) != null;
  if (pressing) return false;
  for (const group of groups.toReversed()) {
    for (const shortcut of group.current()) {
      if (shortcut.enabled === false || (typing && !shortcut.whileTyping)) continue;
      if (!matches(shortcut.keys, event)) continue;
      if (shortcut.run(event) === false) continue;
      event.preventDefault();
      return true;
    }
  }
  return false;
}

/** Listens to the keyboard, once for the whole window. Returns a function that stops. */
export function listenToKeys(): () => void {
  window.addEventListener("keydown", noteLayer, { capture: true });
  window.addEventListener("keydown", press);
  return () => {
    window.removeEventListener("keydown", noteLayer, { capture: true });
    window.removeEventListener("keydown", press);
    layered = false;
  };
}

const NAMES: Record<string, string> = {
  mod: MAC ? "⌘" : "Ctrl",
  shift: "Shift",
  alt: MAC ? "⌥" : "Alt",
  Escape: "Esc",
  ArrowDown: "↓",
  ArrowUp: "↑",
  ArrowLeft: "←",
  ArrowRight: "→",
  PageUp: "Page ↑",
  PageDown: "Page ↓",
  " ": "Space",
};

/** How a key is written on screen: `mod+k` as `Ctrl K`. */
export function keyName(keys: string): string {
  const parts = keys === "+" ? ["+"] : keys.split("+");
  return parts
    .map((part) => NAMES[part] ?? (part.length === 1 && parts.length > 1 ? part.toUpperCase() : part))
    .join(" ");
}

/** Focuses the page's search, if it has one. */
export function focusSearch(): boolean {
  const search = document.querySelector<HTMLInputElement>("main [data-page-search]");
  search?.focus();
  search?.select();
  return search != null;
}
