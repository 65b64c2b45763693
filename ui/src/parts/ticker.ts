// One clock for every time on screen: it ticks once a second while anybody looks.
import { useSyncExternalStore } from "react";

const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;
let now = Date.now();

function subscribe(listener: () => void): () => void {
  if (listeners.size === 0) {
    now = Date.now();
    timer = setInterval(() => {
      now = Date.now();
      for (const tell of listeners) tell();
    }, 1000);
  }
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) clearInterval(timer);
  };
}

/** The present in milliseconds, or what `read` makes of it: the component renders again only when
 * that changes. */
export function useNow(): number;
export function useNow<T extends string | number | boolean>(read: (now: number) => T): T;
export function useNow(read: (now: number) => string | number | boolean = (at) => at) {
  return useSyncExternalStore(subscribe, () => read(now));
}
