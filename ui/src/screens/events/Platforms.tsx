// The list of catalogues.

import { Link } from "@tanstack/react-router";
import type { PlatformView } from "~/api/types";
import { count } from "~/parts/format";
import classes from "./events.module.css";

export interface PlatformsProps {
  platforms: readonly PlatformView[];
  selected: string | undefined;
  total: number;
  seen: number;
}

export function Platforms({ platforms, selected, total, seen }: PlatformsProps) {
  const line = (value: string | undefined, name: string, number: number) => (
    <Link
      key={value ?? "all"}
      to="/events"
      search={(old) => ({ q: old.q, platform: value })}
      className={classes.platform}
      data-on={value === selected || undefined}
      aria-current={value === selected ? "true" : undefined}
    >
      <span className="ellipsis">{name}</span>
      <span className="faint num">{count(number)}</span>
    </Link>
  );
  return (
    <nav className={classes.platforms} aria-label="Catalogues">
      <h2>Catalogue</h2>
      {line(undefined, "All platforms", total)}
      {platforms.map(({ name, title, events }) => line(name, title, events.length))}
      <h2>This machine</h2>
      {line("seen", "Received event types", seen)}
    </nav>
  );
}
