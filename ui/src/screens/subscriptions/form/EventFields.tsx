// The events to subscribe to: by goal, all events, or individual event types.

import { SegmentedControl } from "@mantine/core";
import { IconCheck } from "@tabler/icons-react";
import { useState } from "react";
import type { PlatformView } from "~/api/types";
import { useCall } from "~/data";
import { Pill } from "~/parts";
import { count, plural } from "~/parts/format";
import { chosen, EVERYTHING, matchesAny, notIn, toggle } from "../patterns";
import css from "../subscriptions.module.css";
import { PLATFORM_DEFAULTS } from "./draft";
import { EventTypePicker } from "./EventTypePicker";
import { FilterField } from "./FilterField";
import type { DraftForm } from "./fieldProps";

export interface EventFieldsProps {
  form: DraftForm;
  platforms: readonly PlatformView[];
  /** The error of a field. */
  error: (field: string) => string | undefined;
}

export function EventFields({ form, platforms, error }: EventFieldsProps) {
  const { values: draft, setValues: set } = form;
  const platform = platforms.find((p) => p.name === draft.platform);
  const catalogue = platform?.events.map((e) => e.name) ?? [];
  const goals = platform?.goals ?? [];
  const everything = draft.events.includes(EVERYTHING);
  const inGoals = goals.flatMap((goal) => (chosen(draft.events, goal.events) === "all" ? goal.events : []));
  const single = draft.events.some(
    (pattern) => pattern !== EVERYTHING && !inGoals.some((t) => t === pattern),
  );
  const [each, setEach] = useState(single);
  const matching = useMatchingCount(draft.events);
  return (
    <div>
      {draft.at === "" && (
        <div className="line" style={{ marginBottom: 4 }}>
          <span className="dim">Platform</span>
          <SegmentedControl
            size="sm"
            aria-label="Platform"
            value={draft.platform}
            onChange={(name) => {
              const next = platforms.find((p) => p.name === name)?.events.map((e) => e.name) ?? [];
              const foreign = notIn(draft.events, catalogue);
              const events = draft.events.filter(
                (e) => e === EVERYTHING || next.includes(e) || foreign.includes(e),
              );
              set({ ...PLATFORM_DEFAULTS, platform: name, events });
            }}
            data={platforms.map(({ name, title }) => ({ value: name, label: title }))}
          />
        </div>
      )}
      {draft.at === "" && (
        <p className="dim" style={{ marginBottom: 14 }}>
          {platform?.summary}
        </p>
      )}
      <div className={css.goals}>
        {goals.map((goal) => {
          const how = chosen(draft.events, goal.events);
          const some = goal.events.filter((type) => matchesAny(draft.events, type)).length;
          return (
            <Card
              key={goal.title}
              title={goal.title}
              text={goal.why}
              on={how === "all"}
              note={
                how === "some"
                  ? `${some} of ${goal.events.length} event types`
                  : plural(goal.events.length, "event type")
              }
              onClick={() => set({ events: toggle(draft.events, goal.events, catalogue) })}
            />
          );
        })}
        <Card
          title="All events"
          text="For a data warehouse; includes future event types"
          on={everything}
          note={catalogue.length > 0 ? plural(catalogue.length, "event type") : ""}
          onClick={() => set({ events: everything ? [] : [EVERYTHING] })}
        />
        <Card
          title="Choose event types"
          text="The full list, with descriptions"
          open={each}
          note=""
          onClick={() => setEach(!each)}
        />
      </div>
      {each && <EventTypePicker form={form} platform={platform} />}
      {error("events") && (
        <p className={css.error} role="alert" style={{ marginTop: 10 }}>
          {error("events")}
        </p>
      )}
      {draft.at === "" && <FilterField form={form} error={error} />}
      {matching > 0 && draft.filter.trim() === "" && (
        <div className="card" style={{ marginTop: 14, padding: "10px 15px" }}>
          Of the stored events, <b>{count(matching)}</b> match this selection.
        </div>
      )}
    </div>
  );
}

/** How many of the stored events match. */
function useMatchingCount(patterns: readonly string[]): number {
  const { data } = useCall("event_types", null);
  return (data ?? []).reduce((sum, type) => sum + (matchesAny(patterns, type.name) ? type.seen : 0), 0);
}

interface CardProps {
  title: string;
  text: string;
  note: string;
  /** Whether it is selected. */
  on?: boolean;
  /** Whether it is expanded. */
  open?: boolean;
  onClick: () => void;
}

function Card({ title, text, note, on, open, onClick }: CardProps) {
  return (
    <button type="button" className={css.goal} aria-pressed={on} aria-expanded={open} onClick={onClick}>
      <span className={css.goalHead}>
        <b>{title}</b>
        {on ? (
          <span>
            <Pill tone="ok" icon={IconCheck} bare label="Selected" />
          </span>
        ) : (
          <span className="faint">{note}</span>
        )}
      </span>
      <span className="dim">{text}</span>
    </button>
  );
}
