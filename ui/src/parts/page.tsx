// A page of the window: a header of 48 px and a body.
import { IconSearch } from "@tabler/icons-react";
import { type ReactNode, useRef } from "react";
import { useKeys } from "../keys";
import { Key } from "./key";
import css from "./page.module.css";

/** The search of a page. `/` goes to it, Esc empties and leaves it. */
export interface Search {
  value: string;
  onChange(value: string): void;
  /** What can be searched, such as "Search payloads, responses, URLs, ids". */
  placeholder: string;
}

/** What a page shows. */
export interface PageProps {
  title: ReactNode;
  /** In dim letters beside the title. */
  subtitle?: ReactNode;
  search?: Search;
  /** Filters beside the search, such as a range of time. */
  filters?: ReactNode;
  /** Buttons at the right end. */
  actions?: ReactNode;
  /** `flush` for lists and splits that reach the edges, `padded` for cards on the ground. */
  body?: "flush" | "padded";
  children?: ReactNode;
}

export function Page({ title, subtitle, search, filters, actions, body = "flush", children }: PageProps) {
  return (
    <>
      <header className={css.header}>
        <h1 className={css.title}>{title}</h1>
        {subtitle && <span className={css.subtitle}>{subtitle}</span>}
        {search && <SearchField {...search} />}
        {filters}
        <span className={css.space} />
        {actions}
      </header>
      <div className={body === "padded" ? `${css.body} ${css.padded}` : css.body}>{children}</div>
    </>
  );
}

/** The search field of a page header. */
export function SearchField({ value, onChange, placeholder }: Search) {
  const input = useRef<HTMLInputElement>(null);
  useKeys("Page", [
    {
      keys: "/",
      label: "Search this page",
      run: () => {
        input.current?.focus();
        input.current?.select();
      },
    },
  ]);
  return (
    <label className={css.search}>
      <IconSearch aria-hidden size={16} stroke={1.6} />
      <input
        ref={input}
        value={value}
        placeholder={placeholder}
        aria-label={placeholder}
        spellCheck={false}
        autoComplete="off"
        onChange={(event) => onChange(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== "Escape") return;
          event.preventDefault();
          if (value === "") event.currentTarget.blur();
          else onChange("");
        }}
      />
      <Key keys="/" />
    </label>
  );
}
