// The one registry of keyboard shortcuts. Whoever is on screen registers its own; the last one to
// register a key gets it.
import { useEffect, useId, useRef, useSyncExternalStore } from "react";

/** A shortcut. */
export interface Shortcut {
  /** The key: `j`, `Enter`, `Space`, `?`, `mod+k` (Ctrl, or ⌘ on a Mac). */
  keys: string;
  /** What it does, as the list of shortcuts says it. */
  label: string;
  /** Does it. Answers false to leave the key to whoever registered it before. */
  run(event: KeyboardEvent): unknown;
  /** Whether it also works while the user types in a field; not if not said. */
  inFields?: boolean;
}

/** Shortcuts of one part of the window. */
export interface Scope {
  id: string;
  name: string;
  shortcuts: readonly Shortcut[];
}

const isMac = typeof navigator !== "undefined" && /Mac/.test(navigator.platform);

let scopes: readonly Scope[] = [];
const listeners = new Set<() => void>();

function changeScopes(next: readonly Scope[]): void {
  scopes = next;
  for (const listener of listeners) listener();
}

function inField(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || (/^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) && !isTick(target));
}

function isTick(target: HTMLElement): boolean {
  return target instanceof HTMLInputElement && /^(checkbox|radio|button)$/.test(target.type);
}

/** Whether the event is the key that is written in `keys`. */
export function matches(keys: string, event: KeyboardEvent): boolean {
  const parts = keys.split("+");
  const key = parts.at(-1) || "+";
  const mod = parts.includes("mod");
  const held = isMac ? event.metaKey : event.ctrlKey;
  const other = isMac ? event.ctrlKey : event.metaKey;
  if (mod !== held || other || event.altKey) return false;
  if (parts.includes("shift") && !event.shiftKey) return false;
  const pressed = event.key === " " ? "Space" : event.key;
  return pressed === key || (key.length === 1 && mod && pressed.toLowerCase() === key);
}

/** Gives the key to the last shortcut that wants it. */
export function press(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.isComposing) return;
  const typing = inField(event.target);
  const target = event.target instanceof Element ? event.target : null;
  const dialog = target?.closest("[role=dialog],[role=menu],[role=listbox]");
  // A button takes Enter and Space itself.
  const pressable = target?.closest(
    "button,a[href],summary,[role=tab],input[type=checkbox],input[type=radio]",
  );
  const own = pressable && (event.key === "Enter" || event.key === " ");
  for (const scope of [...scopes].reverse()) {
    for (const shortcut of scope.shortcuts) {
      if (!matches(shortcut.keys, event)) continue;
      if ((typing || dialog) && !shortcut.inFields) continue;
      if (own) continue;
      if (shortcut.run(event) === false) continue;
      event.preventDefault();
      return;
    }
  }
}

/** Listens to the keyboard. Answers how to stop. */
export function listenToKeys(): () => void {
  window.addEventListener("keydown", press);
  return () => window.removeEventListener("keydown", press);
}

/** Registers shortcuts while the component is on screen. `name` heads them in the list. */
export function useKeys(name: string, shortcuts: readonly Shortcut[], enabled = true): void {
  const id = useId();
  const latest = useRef(shortcuts);
  latest.current = shortcuts;
  const shape = shortcuts.map((s) => `${s.keys}\t${s.label}\t${s.inFields ?? false}`).join("\n");
  useEffect(() => {
    if (!enabled || shape === "") return;
    const stable = shape.split("\n").map((line, n): Shortcut => {
      const [keys = "", label = "", inFields] = line.split("\t");
      return { keys, label, inFields: inFields === "true", run: (event) => latest.current[n]?.run(event) };
    });
    changeScopes([...scopes, { id, name, shortcuts: stable }]);
    return () => changeScopes(scopes.filter((scope) => scope.id !== id));
  }, [id, name, shape, enabled]);
}

/** Every shortcut that works now. */
export function useScopes(): readonly Scope[] {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => scopes,
  );
}

const NAMES: Record<string, string> = {
  mod: isMac ? "⌘" : "Ctrl",
  shift: "Shift",
  Escape: "Esc",
  ArrowUp: "↑",
  ArrowDown: "↓",
  PageUp: "PgUp",
  PageDown: "PgDn",
};

/** The key as it is printed: `Ctrl K`. */
export function keyName(keys: string): string {
  const parts = keys.split("+");
  return parts
    .map((part) => NAMES[part] ?? (part.length === 1 && parts.length > 1 ? part.toUpperCase() : part))
    .join(" ");
}
