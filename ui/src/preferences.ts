// Preferences as hooks.
import { useCallback, useSyncExternalStore } from "react";
import { type Preferences, preferences } from "./api";

/** A preference and how to change it. */
export function usePreference<K extends keyof Preferences>(
  key: K,
): [Preferences[K], (value: Preferences[K]) => void] {
  const value = useSyncExternalStore(preferences.subscribe, () => preferences.get()[key]);
  return [value, useCallback((next) => preferences.set(key, next), [key])];
}

/** Whether bytes and headers are shown: the switch Simple / Advanced. */
export function useAdvanced(): boolean {
  return usePreference("advanced")[0];
}
