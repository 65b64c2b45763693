// Tabs; only the active panel is rendered.

import { type KeyboardEvent, type ReactNode, useId } from "react";
import { count } from "../format";
import css from "./Tabs.module.css";

export interface Tab<T extends string = string> {
  id: T;
  label: string;
  count?: number;
}

export interface TabsProps<T extends string> {
  /** The name of the tabs for screen readers. */
  label: string;
  tabs: readonly Tab<T>[];
  active: T;
  onChange: (id: T) => void;
  /** Leaves out the panel's padding. */
  flush?: boolean;
  /** The panel of the active tab. */
  children: ReactNode;
}

export function Tabs<T extends string>({ label, tabs, active, onChange, flush, children }: TabsProps<T>) {
  const base = useId();
  const move = (event: KeyboardEvent<HTMLDivElement>) => {
    const here = tabs.findIndex((tab) => tab.id === active);
    const last = tabs.length - 1;
    const to = {
      ArrowRight: here === last ? 0 : here + 1,
      ArrowLeft: here <= 0 ? last : here - 1,
      Home: 0,
      End: last,
    };
    if (!(event.key in to)) return;
    const tab = tabs[to[event.key as keyof typeof to]];
    if (!tab) return;
    event.preventDefault();
    onChange(tab.id);
    document.getElementById(`${base}-${tab.id}`)?.focus();
  };
  return (
    <div className={css.tabs}>
      <div className={css.tabList} role="tablist" aria-label={label} onKeyDown={move}>
        {tabs.map((tab) => (
          <button
            key={tab.id}
            type="button"
            role="tab"
            id={`${base}-${tab.id}`}
            className={css.tab}
            aria-selected={tab.id === active}
            aria-controls={`${base}-panel`}
            tabIndex={tab.id === active ? 0 : -1}
            onClick={() => onChange(tab.id)}
          >
            {tab.label}
            {tab.count !== undefined && ` ${count(tab.count)}`}
          </button>
        ))}
      </div>
      <div
        className={flush ? "" : css.tabPanel}
        role="tabpanel"
        id={`${base}-panel`}
        aria-labelledby={`${base}-${active}`}
      >
        {children}
      </div>
    </div>
  );
}
