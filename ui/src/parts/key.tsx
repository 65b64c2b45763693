// A key of the keyboard.
import { keyName } from "../keys";
import css from "./key.module.css";

/** The key, printed: `keys="mod+k"` shows `Ctrl K`. */
export function Key({ keys }: { keys: string }) {
  return <kbd className={css.key}>{keyName(keys)}</kbd>;
}
