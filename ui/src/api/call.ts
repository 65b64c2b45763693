// Calls a command of the program.
import { invoke, isTauri } from "@tauri-apps/api/core";
import { Problem } from "./problem";
import type { Commands } from "./types";

/** The name of a command. */
export type Command = keyof Commands;
/** What a command takes. */
export type Input<K extends Command> = Commands[K]["input"];
/** What a command answers. */
export type Output<K extends Command> = Commands[K]["output"];
/** The input as an argument list: none where the command takes none. */
export type InputArgs<K extends Command> = null extends Input<K> ? [input?: null] : [input: Input<K>];

/** Calls a command. Rejects with a {@link Problem}. */
export async function call<K extends Command>(name: K, ...[input]: InputArgs<K>): Promise<Output<K>> {
  if (!isTauri()) {
    throw new Problem({
      code: "no_program",
      message: "This page is open in a browser, where the program behind it is out of reach.",
      hint: "Open the Hookbench window instead.",
      field: null,
    });
  }
  try {
    return await invoke<Output<K>>(name, input == null ? undefined : { input });
  } catch (thrown) {
    throw Problem.from(thrown);
  }
}
