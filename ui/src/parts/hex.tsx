// Bytes, one line: in hexadecimal and as characters, with marked ones.
import css from "./hex.module.css";

/** A line of bytes. */
export interface HexProps {
  /** What stands before the line, such as "signed", or the offset. */
  label?: string;
  bytes: readonly number[];
  /** From which byte of the line to which (not included) they are marked. */
  marks?: readonly (readonly [from: number, to: number])[];
  /** The colour of the marks; fail if not said. */
  tone?: "ok" | "fail";
  /** How many bytes wide the hexadecimal part is; as many as there are if not said. */
  width?: number;
}

/** The offset of a byte as eight digits: `0000004a`. */
export function offset(n: number): string {
  return n.toString(16).padStart(8, "0");
}

/** A byte as one visible character. */
export function glyph(byte: number): string {
  if (byte === 0x0a) return "⏎";
  if (byte === 0x0d) return "␍";
  if (byte === 0x09) return "⇥";
  if (byte === 0x20) return "␣";
  if (byte < 0x20) return String.fromCharCode(0x2400 + byte);
  return byte < 0x7f ? String.fromCharCode(byte) : "·";
}

/** Neighbouring bytes that are marked alike. */
export function runs(
  length: number,
  marks: NonNullable<HexProps["marks"]>,
): { from: number; to: number; marked: boolean }[] {
  const found: { from: number; to: number; marked: boolean }[] = [];
  for (let n = 0; n < length; n++) {
    const marked = marks.some(([from, to]) => n >= from && n < to);
    const last = found.at(-1);
    if (last && last.marked === marked) last.to = n + 1;
    else found.push({ from: n, to: n + 1, marked });
  }
  return found;
}

export function Hex({ label, bytes, marks = [], tone = "fail", width = bytes.length }: HexProps) {
  const parts = runs(bytes.length, marks);
  const hex = (from: number, to: number) =>
    bytes
      .slice(from, to)
      .map((byte) => byte.toString(16).padStart(2, "0"))
      .join(" ");
  const text = (from: number, to: number) => bytes.slice(from, to).map(glyph).join("");
  return (
    <div className={`${css.line} mono`}>
      {label !== undefined && <span className={css.label}>{label}</span>}
      <span style={{ minWidth: `${Math.max(0, width * 3 - 1)}ch` }}>
        {parts.map((part) => (
          <span key={part.from}>
            {part.from > 0 && " "}
            {part.marked ? (
              <mark className={css[tone]}>{hex(part.from, part.to)}</mark>
            ) : (
              hex(part.from, part.to)
            )}
          </span>
        ))}
      </span>
      <span aria-hidden>
        {parts.map((part) =>
          part.marked ? (
            <mark key={part.from} className={css[tone]}>
              {text(part.from, part.to)}
            </mark>
          ) : (
            <span key={part.from}>{text(part.from, part.to)}</span>
          ),
        )}
      </span>
    </div>
  );
}
