// What the user prefers, kept by the program in `settings.json`.
import { setTheme } from "@tauri-apps/api/app";
import { isTauri } from "@tauri-apps/api/core";
import { LazyStore } from "@tauri-apps/plugin-store";

/** Everything that is remembered about the window's looks. */
export interface Preferences {
  /** Light, dark, or as the system has it. */
  theme: "auto" | "light" | "dark";
  /** Whether bytes and headers are shown. */
  advanced: boolean;
  /** Widths of panes in pixels, by the name of the pane. */
  panes: Record<string, number>;
  /** Whether the rail shows words or only icons. */
  rail: "wide" | "narrow";
  /** Saved views: what the user called them, by screen; the value is an address. */
  views: Record<string, Record<string, string>>;
}

const DEFAULTS: Preferences = { theme: "auto", advanced: false, panes: {}, rail: "wide", views: {} };

const store = new LazyStore("settings.json");
const listeners = new Set<() => void>();
let current: Preferences = DEFAULTS;

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** What a file says, as far as it makes sense. */
export function readPreferences(saved: Record<string, unknown>): Preferences {
  const { theme, advanced, panes, rail, views } = saved;
  const numbers = isRecord(panes) ? Object.entries(panes).filter(([, v]) => Number.isFinite(v)) : [];
  const named = isRecord(views) ? Object.entries(views).filter(([, v]) => isRecord(v)) : [];
  return {
    theme: theme === "light" || theme === "dark" ? theme : "auto",
    advanced: advanced === true,
    panes: Object.fromEntries(numbers) as Record<string, number>,
    rail: rail === "narrow" ? "narrow" : "wide",
    views: Object.fromEntries(
      named.map(([screen, saved]) => [
        screen,
        Object.fromEntries(
          Object.entries(saved as Record<string, unknown>).filter(([, v]) => typeof v === "string"),
        ),
      ]),
    ) as Preferences["views"],
  };
}

function tellTheWindow(theme: Preferences["theme"]): void {
  setTheme(theme === "auto" ? null : theme).catch((thrown: unknown) =>
    console.warn("the window keeps its own theme", thrown),
  );
}

export const preferences = {
  /** Reads them once, before anything is drawn. */
  async load(): Promise<void> {
    if (!isTauri()) return;
    try {
      current = readPreferences(Object.fromEntries(await store.entries<unknown>()));
      if (current.theme !== "auto") tellTheWindow(current.theme);
    } catch (thrown) {
      console.warn("preferences cannot be read", thrown);
    }
  },
  /** What is preferred now. */
  get(): Preferences {
    return current;
  },
  /** Changes one of them and keeps it. */
  set<K extends keyof Preferences>(key: K, value: Preferences[K]): void {
    current = { ...current, [key]: value };
    for (const listener of listeners) listener();
    if (!isTauri()) return;
    if (key === "theme") tellTheWindow(current.theme);
    store.set(key, value).catch((thrown: unknown) => console.warn("a preference is not kept", thrown));
  },
  /** Calls back after each change. */
  subscribe(listener: () => void): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
};
