// Calls the commands of the program.

import { invoke, isTauri } from "@tauri-apps/api/core";
import { Problem } from "./problem";
import type { Commands } from "./types";

export type Name = keyof Commands;
export type Input<K extends Name> = Commands[K]["input"];
export type Output<K extends Name> = Commands[K]["output"];

/** The arguments after the name: none if the command has no input. */
export type Given<K extends Name> = Input<K> extends null ? [input?: null] : [input: Input<K>];

/** Runs a command. Rejects with a `Problem`, never with anything else. */
export async function call<K extends Name>(name: K, ...[input]: Given<K>): Promise<Output<K>> {
  if (!isTauri()) {
    throw new Problem({
      code: "no_backend",
      message: "This page is not running in the Hookbench window.",
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
