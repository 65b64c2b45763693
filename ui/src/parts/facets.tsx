// Filters with the count of what each would show.
import { count } from "../words";
import css from "./facets.module.css";

/** One choice. */
export interface FacetOption {
  value: string;
  label: string;
  /** How many there are; left out while it is not known. */
  count?: number;
}

/** A group of choices. */
export interface FacetGroup {
  id: string;
  label: string;
  options: readonly FacetOption[];
}

/** What the facets show. */
export interface FacetsProps {
  groups: readonly FacetGroup[];
  /** The chosen values by group. */
  selected: Readonly<Record<string, readonly string[] | undefined>>;
  /** Called with all chosen values of the group. */
  onChange(group: string, values: string[]): void;
}

export function Facets({ groups, selected, onChange }: FacetsProps) {
  return (
    <div className={css.facets}>
      {groups
        .filter((group) => group.options.length > 0)
        .map((group) => {
          const chosen = selected[group.id] ?? [];
          return (
            <fieldset key={group.id} className={css.group}>
              <legend>{group.label}</legend>
              {group.options.map((option) => {
                const on = chosen.includes(option.value);
                const next = on ? chosen.filter((v) => v !== option.value) : [...chosen, option.value];
                return (
                  <label key={option.value} className={on ? `${css.option} ${css.on}` : css.option}>
                    <input type="checkbox" checked={on} onChange={() => onChange(group.id, next)} />
                    <span className={css.label} title={option.label}>
                      {option.label}
                    </span>
                    {option.count !== undefined && <span className={css.count}>{count(option.count)}</span>}
                  </label>
                );
              })}
            </fieldset>
          );
        })}
    </div>
  );
}
