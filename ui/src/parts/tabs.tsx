// Tabs over a panel.
import { type KeyboardEvent, type ReactNode, useId, useRef } from "react";
import css from "./tabs.module.css";

/** A tab. */
export interface Tab<T extends string> {
  id: T;
  label: string;
  /** A number behind the label. */
  count?: number;
}

/** What the tabs show. */
export interface TabsProps<T extends string> {
  /** What the tabs choose, for screen readers. */
  label: string;
  tabs: readonly Tab<T>[];
  value: T;
  onChange(value: T): void;
  /** The panel of the tab that is chosen; it scrolls by itself. */
  children?: ReactNode;
}

export function Tabs<T extends string>({ label, tabs, value, onChange, children }: TabsProps<T>) {
  const prefix = useId();
  const list = useRef<HTMLDivElement>(null);
  const onKeyDown = (event: KeyboardEvent) => {
    const at = tabs.findIndex((tab) => tab.id === value);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: tabs.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    const tab = tabs[(to + tabs.length) % tabs.length];
    if (!tab) return;
    onChange(tab.id);
    list.current?.querySelector<HTMLElement>(`[data-tab="${tab.id}"]`)?.focus();
  };
  return (
    <>
      <div
        className={css.tabs}
        role="tablist"
        aria-label={label}
        ref={list}
        onKeyDown={onKeyDown}
        tabIndex={-1}
      >
        {tabs.map((tab) => (
          <button
            key={tab.id}
            type="button"
            role="tab"
            data-tab={tab.id}
            id={`${prefix}${tab.id}`}
            aria-selected={tab.id === value}
            aria-controls={children ? `${prefix}panel` : undefined}
            tabIndex={tab.id === value ? 0 : -1}
            onClick={() => onChange(tab.id)}
          >
            {tab.label}
            {tab.count !== undefined && ` ${tab.count}`}
          </button>
        ))}
      </div>
      {children && (
        <div
          className={css.panel}
          role="tabpanel"
          id={`${prefix}panel`}
          aria-labelledby={`${prefix}${value}`}
        >
          {children}
        </div>
      )}
    </>
  );
}
