// The user's preferences: theme, widths, switches. They hold no data of the workbench.

import { setTheme } from "@tauri-apps/api/app";
import { isTauri } from "@tauri-apps/api/core";
import { LazyStore } from "@tauri-apps/plugin-store";
import { useCallback, useSyncExternalStore } from "react";

export type Theme = "auto" | "light" | "dark";
type Value = string | number | boolean | null | Value[] | { [key: string]: Value };
/** The value of a preference. Named keys have a fixed type; keys such as `pane.*` and `view.*` are free. */
export type PreferenceValue = Value;

const FILE = "settings.json";
const store = new LazyStore(FILE, { autoSave: 300, defaults: {} });
const known = new Map<string, Value>();
const listeners = new Set<() => void>();

/** Reads all preferences once, before the first paint. Without the program, starts with defaults. */
export async function loadPreferences(): Promise<void> {
  if (!isTauri()) return;
  try {
    for (const [key, value] of await store.entries<Value>()) known.set(key, value);
  } catch (error) {
    console.warn("preferences could not be read", error);
  }
}

/** The value of a key, or the fallback. Only `typeof` is checked: where only some words are allowed, check * the value.
 */
export function preference<T>(key: string, fallback: T): T {
  const value = known.get(key);
  return typeof value === typeof fallback && value !== null ? (value as T) : fallback;
}

/** Stores a value. Returns immediately; writing to disk follows. */
export function remember(key: string, value: Value): void {
  known.set(key, value);
  for (const listener of listeners) listener();
  if (!isTauri()) return;
  store.set(key, value).catch((error: unknown) => console.warn("preference not stored", key, error));
  if (key === "theme") applyTheme(value === "light" || value === "dark" ? value : null);
}

/** Applies the theme to the native frame (title bar, menus); `null` follows the system. */
function applyTheme(theme: "light" | "dark" | null): void {
  setTheme(theme).catch((error: unknown) => console.warn("theme not applied to the window", error));
}

export function onPreferences(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** One preference as state: `[value, remember]`. The fallback must keep its identity if it is an object. */
export function usePreference<T>(key: string, fallback: T): [T, (value: T) => void] {
  const value = useSyncExternalStore(onPreferences, () => preference(key, fallback));
  const set = useCallback((next: T) => remember(key, next as Value), [key]);
  return [value, set];
}

/** Whether headers and raw bytes are shown. `[advanced, setAdvanced]`. */
export function useAdvanced(): [boolean, (advanced: boolean) => void] {
  return usePreference("advanced", false);
}
