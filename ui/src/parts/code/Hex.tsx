// A row of bytes: label, hexadecimal, text; some of them marked.

import type { Tone } from "~/theme";
import { toneStyle } from "../data-display/tone";
import css from "./Hex.module.css";

/** From the first byte (counted from 0) up to, not including, the last. */
export type ByteRange = readonly [from: number, to: number];

export interface HexProps {
  /** The label before the bytes: `signed`, `received`, an offset. */
  label: string;
  bytes: ArrayLike<number>;
  /** Which bytes are marked. */
  marks?: readonly ByteRange[];
  /** The colour of the marks; `fail` by default. */
  tone?: Tone;
}

export function Hex({ label, bytes, marks = [], tone = "fail" }: HexProps) {
  const runs = byteRuns(bytes.length, marks);
  const all = Array.from(bytes);
  return (
    <div className={css.hex} style={toneStyle(tone)}>
      <span>{label}</span>
      <span>
        {runs.map(({ from, to, marked }) => (
          <i key={from} data-marked={marked || undefined}>
            {all.slice(from, to).map(hexOf).join(" ")}
            {to < all.length && " "}
          </i>
        ))}
      </span>
      <span className="ellipsis">
        {runs.map(({ from, to, marked }) => (
          <i key={from} data-marked={marked || undefined}>
            {all.slice(from, to).map(visibleByte).join("")}
          </i>
        ))}
      </span>
    </div>
  );
}

function hexOf(byte: number): string {
  return byte.toString(16).padStart(2, "0");
}

/** A byte as one visible character: control characters as pictures, what is not ASCII as a dot. */
export function visibleByte(byte: number): string {
  // Symbols that every font has, for the most important bytes.
  if (byte === 0x20) return "␣";
  if (byte === 0x0a) return "⏎";
  if (byte === 0x0d) return "←";
  if (byte < 0x20) return String.fromCodePoint(0x2400 + byte);
  if (byte === 0x7f) return "␡";
  return byte < 0x7f ? String.fromCharCode(byte) : "·";
}

/** Splits `length` bytes into marked and unmarked runs. */
export function byteRuns(length: number, marks: readonly ByteRange[]) {
  const runs: { from: number; to: number; marked: boolean }[] = [];
  for (let i = 0; i < length; i++) {
    const marked = marks.some(([from, to]) => i >= from && i < to);
    const last = runs.at(-1);
    if (last && last.marked === marked) last.to = i + 1;
    else runs.push({ from: i, to: i + 1, marked });
  }
  return runs;
}
