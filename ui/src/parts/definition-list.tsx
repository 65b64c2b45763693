// Terms and what they are.
import type { ReactNode } from "react";
import css from "./boxes.module.css";

/** A line of the list. */
export interface Definition {
  term: string;
  /** Nothing leaves the line out. */
  value: ReactNode;
  /** Whether the value is written in the fixed-width face. */
  mono?: boolean;
}

/** `termWidth` in pixels; 104 if not said. */
export function DefinitionList({ items, termWidth }: { items: readonly Definition[]; termWidth?: number }) {
  const style = termWidth ? { gridTemplateColumns: `${termWidth}px minmax(0, 1fr)` } : undefined;
  return (
    <dl className={css.list} style={style}>
      {items
        .filter(({ value }) => value !== null && value !== undefined && value !== "")
        .map(({ term, value, mono }) => (
          <div key={term} style={{ display: "contents" }}>
            <dt>{term}</dt>
            <dd className={mono ? "mono" : undefined}>{value}</dd>
          </div>
        ))}
    </dl>
  );
}
