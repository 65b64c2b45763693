// The sources, and which of them is looked at.

import { Link } from "@tanstack/react-router";
import type { SourceView } from "~/api/types";
import { useBrandName } from "~/brand";
import classes from "./receiver.module.css";

export interface SourcesProps {
  sources: readonly SourceView[];
  selected: string | undefined;
}

export function Sources({ sources, selected }: SourcesProps) {
  const brandName = useBrandName();
  return (
    <nav className={classes.sources} aria-label="Sources">
      <h2>Sources</h2>
      {sources.map((source) => (
        <Link
          key={source.id}
          to="/receiver"
          search={{ source: source.id }}
          className={classes.source}
          data-on={source.id === selected || undefined}
          aria-current={source.id === selected ? "true" : undefined}
        >
          <b className="ellipsis">{source.name}</b>
          <span className="faint ellipsis">
            {source.scheme === "none" ? "not verified" : source.scheme}
            {source.brand !== null && ` · ${brandName(source.brand)}`}
          </span>
        </Link>
      ))}
    </nav>
  );
}
