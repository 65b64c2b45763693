// A key as it is printed on the keyboard.

import { keyName } from "~/keys";
import css from "./data-display.module.css";

export interface KeyProps {
  /** As in the registry: `r`, `mod+k`, `Escape`. */
  keys: string;
}

export function Key({ keys }: KeyProps) {
  return <kbd className={css.key}>{keyName(keys)}</kbd>;
}
