// A pill: icon and word in a tone.

import type { TablerIcon } from "@tabler/icons-react";
import type { ReactNode } from "react";
import type { Tone } from "~/theme";
import css from "./data-display.module.css";
import { toneStyle } from "./tone";

export interface PillProps {
  tone: Tone;
  icon?: TablerIcon;
  children?: ReactNode;
  /** Shows only the icon; `label` then says the word to screen readers and on hover. */
  bare?: boolean;
  label?: string;
}

export function Pill({ tone, icon: Icon, children, bare = false, label }: PillProps) {
  return (
    <span className={css.pill} style={toneStyle(tone)} data-bare={bare || undefined} title={label}>
      {Icon && <Icon size={13} stroke={2} aria-hidden="true" />}
      {bare ? <span className="hidden">{label ?? children}</span> : children}
    </span>
  );
}
