// Calls the program behind the window.

import { invoke, isTauri } from "@tauri-apps/api/core";
import { Problem } from "./problem";
import type { Commands } from "./types";

export type Name = keyof Commands;
export type Input<K extends Name> = Commands[K]["input"];
export type Output<K extends Name> = Commands[K]["output"];

/** The arguments after the name: nothing where a command takes nothing. */
export type Given<K extends Name> = Input<K> extends null ? [input?: null] : [input: Input<K>];

/** Runs a command. Rejects with a `Problem`, never with anything else. */
export async function call<K extends Name>(name: K, ...[input]: Given<K>): Promise<Output<K>> {
  if (!isTauri()) {
    throw new Problem({
      code: "no_backend",
      message: "This page is not inside the Hookbench window, so there is nothing to ask.",
      hint: "Start hookbench-desktop.",
      field: null,
    });
  }
  try {
    return await invoke<Output<K>>(name, input == null ? {} : { input });
  } catch (thrown) {
    throw Problem.from(thrown);
  }
}
