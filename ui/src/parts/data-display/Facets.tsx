// Filters with counts: groups of checkboxes.

import { useState } from "react";
import { count } from "../format";
import css from "./data-display.module.css";

export interface FacetOption {
  value: string;
  label: string;
  /** The count; hidden while unknown. */
  count?: number;
}

export interface FacetGroup {
  /** The name of the filter, given back by `onChange`. */
  id: string;
  label: string;
  options: readonly FacetOption[];
  /** The selected values. */
  chosen: readonly string[];
}

export interface FacetsProps {
  groups: readonly FacetGroup[];
  onChange: (group: string, chosen: string[]) => void;
  /** Counts above it show as `10,000+`. */
  cap?: number;
}

/** How many options a group shows before it asks. */
const SHOWN = 8;

export function Facets({ groups, onChange, cap }: FacetsProps) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a search landmark has no element in WebKitGTK yet
    <div className={css.facets} role="search" aria-label="Filters">
      {groups.map((group) => (
        <Group key={group.id} group={group} onChange={onChange} cap={cap} />
      ))}
    </div>
  );
}

function Group({
  group,
  onChange,
  cap,
}: {
  group: FacetGroup;
  onChange: FacetsProps["onChange"];
  cap: number | undefined;
}) {
  const [all, setAll] = useState(false);
  const { id, label, options, chosen } = group;
  // A selected value without matches must stay visible, or it could not be deselected.
  const known = new Set(options.map((o) => o.value));
  const lost = chosen
    .filter((value) => !known.has(value))
    .map((value) => ({ value, label: value, count: 0 }));
  const every: readonly FacetOption[] = [...options, ...lost];
  const shown =
    all || every.length <= SHOWN + 1 ? every : every.filter((o, i) => i < SHOWN || chosen.includes(o.value));
  if (every.length === 0) return null;
  return (
    <fieldset>
      <legend>{label}</legend>
      {shown.map((option) => {
        const on = chosen.includes(option.value);
        return (
          <label key={option.value} className={css.facet} data-on={on || undefined}>
            <input
              type="checkbox"
              checked={on}
              onChange={() =>
                onChange(id, on ? chosen.filter((v) => v !== option.value) : [...chosen, option.value])
              }
            />
            <span className="ellipsis" title={option.label}>
              {option.label}
            </span>
            <span>{option.count === undefined ? "" : count(option.count, cap)}</span>
          </label>
        );
      })}
      {every.length > shown.length && (
        <button type="button" className={css.more} onClick={() => setAll(true)}>
          {every.length - shown.length} more
        </button>
      )}
    </fieldset>
  );
}
