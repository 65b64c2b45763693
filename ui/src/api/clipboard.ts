// The clipboard.

import { invoke, isTauri } from "@tauri-apps/api/core";
import { Problem } from "./problem";

/** Copies text to the clipboard. Rejects with a `Problem`. */
export async function copyText(text: string): Promise<void> {
  try {
    if (isTauri()) await invoke("plugin:clipboard-manager|write_text", { text });
    else await navigator.clipboard.writeText(text);
  } catch (thrown) {
    throw new Problem({
      code: "no_clipboard",
      message: `The text could not be copied: ${thrown instanceof Error ? thrown.message : String(thrown)}`,
      hint: "Select the text and copy it manually.",
      field: null,
    });
  }
}
