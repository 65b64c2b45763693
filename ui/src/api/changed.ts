// Hints that something changed.
import { isTauri } from "@tauri-apps/api/core";
import { listen } from "@tauri-apps/api/event";

/** Calls back whenever the program hints that something changed. A hint can get lost, so whoever
 * listens also asks from time to time. Answers how to stop. */
export function onChanged(callback: () => void): () => void {
  if (!isTauri()) return () => {};
  const listening = listen("changed", callback);
  listening.catch((thrown: unknown) => console.warn("hints are off", thrown));
  return () => {
    listening.then((stop) => stop()).catch(() => {});
  };
}
