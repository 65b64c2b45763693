// Tones as inline CSS variables, so that one class serves all of them.

import type { CSSProperties } from "react";
import type { Tone } from "~/theme";

const CACHE = new Map<Tone, CSSProperties>();

/** `style` that sets `--tone` and `--tone-bg`. */
export function toneStyle(tone: Tone): CSSProperties {
  let style = CACHE.get(tone);
  if (!style) {
    style = { "--tone": `var(--${tone})`, "--tone-bg": `var(--${tone}-bg)` } as CSSProperties;
    CACHE.set(tone, style);
  }
  return style;
}
