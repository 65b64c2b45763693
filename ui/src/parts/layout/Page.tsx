// A screen's header and body.

import { IconSearch } from "@tabler/icons-react";
import { type ReactNode, useEffect, useId, useRef, useState } from "react";
import { Key } from "../data-display/Key";
import css from "./Page.module.css";

/** The search of a page: what is in the address, and how to change it. */
export interface PageSearch {
  value: string;
  /** Called 150 ms after the last key, and at once on Enter and Escape. */
  onChange: (value: string) => void;
  /** What can be searched: `payloads, responses, URLs, ids`. */
  placeholder: string;
}

export interface PageProps {
  /** The screen's name; also the window's title. */
  title: string;
  /** Shown in place of the title, if the heading says more than the name. */
  heading?: ReactNode;
  /** The purpose of the screen in a few words. */
  subtitle?: ReactNode;
  search?: PageSearch;
  /** After the search: time range, saved views. */
  filters?: ReactNode;
  /** On the right: buttons, the main one last. */
  actions?: ReactNode;
  /** Gives the body padding, a scrollbar and the sunken ground; lists and splits bring their own. */
  padded?: boolean;
  children: ReactNode;
}

export function Page({ title, heading, subtitle, search, filters, actions, padded, children }: PageProps) {
  useEffect(() => {
    document.title = `${title} · Hookbench`;
  }, [title]);
  return (
    <>
      <header className={css.header}>
        <h1 className={css.title}>{heading ?? title}</h1>
        {subtitle && <span className={`${css.subtitle} ellipsis`}>{subtitle}</span>}
        {search && <SearchBox {...search} />}
        {filters}
        <span className="grow" />
        {actions}
      </header>
      {padded ? <Padded label={title}>{children}</Padded> : <div className={css.body}>{children}</div>}
    </>
  );
}

/** A scrollable body that is focusable, for scrolling with the keyboard. */
function Padded({ label, children }: { label: string; children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section className={css.padded} tabIndex={0} aria-label={label}>
      {children}
    </section>
  );
}

const PAUSE_MS = 150;

function SearchBox({ value, onChange, placeholder }: PageSearch) {
  const id = useId();
  const [draft, setDraft] = useState(value);
  const sent = useRef(value);
  const change = useRef(onChange);
  useEffect(() => {
    change.current = onChange;
  });
  // A value from elsewhere (back, a link) replaces the draft; our own does not.
  useEffect(() => {
    if (value !== sent.current) setDraft(value);
    sent.current = value;
  }, [value]);
  const send = (next: string) => {
    if (next === sent.current) return;
    sent.current = next;
    change.current(next);
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: only the draft restarts the timer
  useEffect(() => {
    const timer = setTimeout(() => send(draft), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [draft]);
  return (
    <div className={css.search}>
      <IconSearch size={15} stroke={1.6} aria-hidden="true" />
      <label htmlFor={id} className="hidden">
        Search {placeholder}
      </label>
      <input
        id={id}
        data-page-search
        type="text"
        value={draft}
        placeholder={`Search ${placeholder}`}
        spellCheck={false}
        autoComplete="off"
        onChange={(event) => setDraft(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === "Enter") send(draft);
          if (event.key === "Escape" && draft !== "") {
            event.preventDefault();
            setDraft("");
            send("");
          }
        }}
      />
      <Key keys="/" />
    </div>
  );
}
