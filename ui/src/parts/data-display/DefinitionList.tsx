// Facts as term and value, side by side.

import type { CSSProperties, ReactNode } from "react";
import { Fragment } from "react";
import css from "./data-display.module.css";

/** A term and its value; `null`, `undefined` and `false` as a value leave the line out. */
export type Definition = readonly [term: string, value: ReactNode];

export interface DefinitionListProps {
  items: readonly Definition[];
  /** The width of the terms in pixels; 104 by default. */
  width?: number;
}

export function DefinitionList({ items, width = 104 }: DefinitionListProps) {
  const shown = items.filter(([, value]) => value !== null && value !== undefined && value !== false);
  return (
    <dl className={css.definitions} style={{ "--term": `${width}px` } as CSSProperties}>
      {shown.map(([term, value]) => (
        <Fragment key={term}>
          <dt>{term}</dt>
          <dd>{value}</dd>
        </Fragment>
      ))}
    </dl>
  );
}
