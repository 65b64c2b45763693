// The clipboard.
import { isTauri } from "@tauri-apps/api/core";
import { writeText } from "@tauri-apps/plugin-clipboard-manager";

/** Puts text on the clipboard. */
export async function copyText(text: string): Promise<void> {
  await (isTauri() ? writeText(text) : navigator.clipboard.writeText(text));
}
