// One event type: its description, sample, schema and fields, and a button to send it.

import { ActionIcon, SegmentedControl } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { Code, CopyButton, DefinitionList, Tabs, Time } from "~/parts";
import { plural } from "~/parts/format";
import { indent } from "~/parts/format/indent";
import type { Line } from "./catalogue";
import classes from "./events.module.css";
import { Fields } from "./Fields";
import { Send } from "./Send";

type TypeTab = "sample" | "schema" | "fields";

export interface TypeDetailProps {
  line: Line;
  /** The tab; the first one if left out. */
  tab: "schema" | "fields" | undefined;
  onTab: (tab: TypeTab) => void;
  onClose: () => void;
}

export function TypeDetail({ line, tab, onTab, onClose }: TypeDetailProps) {
  const [wanted, setWanted] = useState<string | null>(null);
  const entry = line.entries.find(({ platform }) => platform.name === wanted) ?? line.entries[0];
  const meaning = entry?.event.meaning ?? line.meaning;
  const shown: TypeTab = entry ? (tab ?? "sample") : "fields";
  return (
    <div className={classes.detail}>
      <div className={classes.head}>
        <div className="line">
          <b className="grow ellipsis">{entry?.event.title ?? line.title}</b>
          <code className="mono dim">{line.name}</code>
          <CopyButton text={line.name} label="Copy event type" small />
          <ActionIcon aria-label="Close the event type" onClick={onClose}>
            <IconX size={15} />
          </ActionIcon>
        </div>
        <p className="dim">
          {meaning || "Not in any catalogue. It was received or published under this name."}
        </p>
        <DefinitionList
          items={[
            [
              "Events",
              line.seen === 0 ? (
                <span key="seen" className="dim">
                  None on this machine yet
                </span>
              ) : (
                <span key="seen">
                  <Link to="/live" search={{ event_type: line.name }}>
                    {plural(line.seen, "event")}
                  </Link>
                  , last <Time at={line.lastAt} />
                </span>
              ),
            ],
            ["Signature scheme", entry?.platform.scheme === "none" ? "Unsigned" : entry?.platform.scheme],
          ]}
        />
        {line.entries.length > 1 && (
          <SegmentedControl
            size="xs"
            aria-label="Platform"
            value={entry?.platform.name ?? ""}
            onChange={setWanted}
            data={line.entries.map(({ platform }) => ({ value: platform.name, label: platform.title }))}
          />
        )}
        <Send key={`${line.name} ${entry?.platform.name}`} line={line} entry={entry} />
      </div>
      <Tabs<TypeTab>
        label="Event type"
        tabs={[
          ...(entry
            ? ([
                { id: "sample", label: "Sample" },
                { id: "schema", label: "Schema" },
              ] as const)
            : []),
          { id: "fields", label: "Fields" },
        ]}
        active={shown}
        onChange={onTab}
      >
        {shown === "fields" && <Fields type={line.name} />}
        {shown === "sample" && entry && (
          <Code text={indent(entry.event.sample) ?? entry.event.sample} label="Sample body" maxHeight={0} />
        )}
        {shown === "schema" && entry && <Code text={entry.event.schema} label="Schema" maxHeight={0} />}
      </Tabs>
    </div>
  );
}
