// The full list of event types with a search, and custom types and patterns.

import { Button, Checkbox, TextInput } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { useId, useState } from "react";
import type { PlatformView } from "~/api/types";
import { useCall } from "~/data";
import { spelledOut } from "~/parts/format/eventTitles";
import { add, EVERYTHING, isPattern, matchesAny, notIn, remove } from "../patterns";
import css from "../subscriptions.module.css";
import type { DraftForm } from "./fieldProps";

interface Choice {
  name: string;
  title: string;
  meaning: string;
}

export interface EventTypePickerProps {
  form: DraftForm;
  platform: PlatformView | undefined;
}

export function EventTypePicker({ form, platform }: EventTypePickerProps) {
  const { values: draft, setValues: set } = form;
  const [query, setQuery] = useState("");
  const base = useId();
  const types = useCall("event_types", null);
  const known: Choice[] = [...(platform?.events ?? [])];
  // Received event types that are in no catalogue can be chosen, too.
  for (const { name, meaning, platforms, seen } of types.data ?? []) {
    if (platforms.length === 0 && seen > 0)
      known.push({ name, title: spelledOut(name), meaning: meaning || "Received on this machine" });
  }
  const names = known.map((choice) => choice.name);
  const own = notIn(draft.events, names);
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const shown = known.filter(({ name, title, meaning }) => {
    const text = `${name} ${title} ${meaning}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
  const typed = query.trim();
  const addable = isPattern(typed) && !names.includes(typed) && !draft.events.includes(typed);
  const everything = draft.events.includes(EVERYTHING);
  const turn = (name: string, on: boolean) =>
    set({ events: on ? add(draft.events, [name]) : remove(draft.events, [name], names) });
  const addTyped = () => {
    set({ events: typed === EVERYTHING ? [EVERYTHING] : add(draft.events, [typed]) });
    setQuery("");
  };
  return (
    <fieldset className={css.types}>
      <legend className="hidden">Event types</legend>
      <div className={css.typesHead}>
        <TextInput
          className="grow"
          aria-label="Search event types"
          placeholder="Search, or enter a custom name or pattern such as conversion.*"
          leftSection={<IconSearch size={15} stroke={1.6} aria-hidden="true" />}
          value={query}
          spellCheck={false}
          onChange={(event) => setQuery(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key !== "Enter" || !addable) return;
            event.preventDefault();
            addTyped();
          }}
        />
        {addable && <Button onClick={addTyped}>Add “{typed}”</Button>}
      </div>
      <div className={css.typeList}>
        {own.map((pattern) => (
          <label key={pattern} className={css.type} htmlFor={`${base}${pattern}`}>
            <Checkbox
              id={`${base}${pattern}`}
              checked
              onChange={() => turn(pattern, false)}
              aria-label={pattern}
            />
            <span className="mono ellipsis">{pattern}</span>
            <span className="dim ellipsis">
              {pattern.endsWith(".*") ? "All event types with this prefix" : "Custom event type"}
            </span>
            <span />
          </label>
        ))}
        {shown.map(({ name, title, meaning }) => (
          <label key={name} className={css.type} htmlFor={base + name}>
            <Checkbox
              id={base + name}
              checked={everything || matchesAny(draft.events, name)}
              onChange={(event) => turn(name, event.currentTarget.checked)}
              aria-label={title}
            />
            <span className="ellipsis">{title}</span>
            <span className="dim ellipsis" title={meaning}>
              {meaning}
            </span>
            <span className="mono faint">{name}</span>
          </label>
        ))}
        {shown.length === 0 && own.length === 0 && (
          <p className="dim" style={{ padding: "10px 12px" }}>
            {addable
              ? `“${typed}” is not in any catalogue. You can add it; it is matched literally.`
              : "No event types match. Names are dotted words such as conversion.approved."}
          </p>
        )}
      </div>
    </fieldset>
  );
}
