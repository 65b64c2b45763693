// Change hints from the program.

import { isTauri } from "@tauri-apps/api/core";
import { listen } from "@tauri-apps/api/event";

/** Calls back on each hint. A hint says that something changed, not what. Returns a function that stops. */
export function onChanged(changed: () => void): () => void {
  if (!isTauri()) return () => {};
  let stopped = false;
  let unlisten: (() => void) | undefined;
  listen("changed", () => changed()).then(
    (stop) => {
      if (stopped) stop();
      else unlisten = stop;
    },
    // Without hints the screens still poll.
    (error: unknown) => console.warn("no hints", error),
  );
  return () => {
    stopped = true;
    unlisten?.();
  };
}
