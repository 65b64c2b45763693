// The list of sources and tools.

import { Link } from "@tanstack/react-router";
import type { SourceView } from "~/api/types";
import { useBrandName } from "~/brand";
import classes from "../receiver.module.css";
import type { ReceiverSearch } from "../search";

export interface SourcesProps {
  sources: readonly SourceView[];
  selected: string | undefined;
  tool: ReceiverSearch["tool"];
}

const TOOLS = [
  { tool: "targets", name: "Scripted targets", words: "test endpoints with scripted responses" },
  { tool: "check", name: "Receiver check", words: "a report card for your endpoint" },
  { tool: "public-endpoint", name: "Public endpoint", words: "public URL, self-check" },
] as const;

/** The kind of a source and its verification. */
function kindOf(source: SourceView): string {
  const verifies = source.scheme === "none" ? "not verified" : source.scheme;
  if (source.postback !== null) return `postbacks · ${verifies}`;
  return source.relay === null ? verifies : `${source.relay.kind} · ${verifies}`;
}

export function Sources({ sources, selected, tool }: SourcesProps) {
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
          data-on={(tool === undefined && source.id === selected) || undefined}
          aria-current={tool === undefined && source.id === selected ? "true" : undefined}
        >
          <b className="ellipsis">{source.name}</b>
          <span className="faint ellipsis">
            {kindOf(source)}
            {source.brand !== null && ` · ${brandName(source.brand)}`}
          </span>
        </Link>
      ))}
      {sources.length === 0 && <p className={`faint ${classes.none}`}>None yet</p>}
      <h2 className={classes.tools}>Tools</h2>
      {TOOLS.map((one) => (
        <Link
          key={one.tool}
          to="/receiver"
          search={{ tool: one.tool }}
          className={classes.source}
          data-on={one.tool === tool || undefined}
          aria-current={one.tool === tool ? "true" : undefined}
        >
          <b className="ellipsis">{one.name}</b>
          <span className="faint ellipsis">{one.words}</span>
        </Link>
      ))}
    </nav>
  );
}
