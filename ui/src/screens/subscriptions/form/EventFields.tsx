// What should happen: goals in people's words, everything, or event by event.

import { SegmentedControl } from "@mantine/core";
import { IconCheck } from "@tabler/icons-react";
import { useState } from "react";
import type { PlatformView } from "~/api/types";
import { useCall } from "~/data";
import { Pill } from "~/parts";
import { count, plural } from "~/parts/format";
import { beside, chosen, EVERYTHING, takesAny, toggle } from "../patterns";
import css from "../subscriptions.module.css";
import { type Draft, ELSEWHERE } from "./draft";
import { EventByEvent } from "./EventTypePicker";
import { Condition } from "./FilterField";

export interface WhatProps {
  draft: Draft;
  set: (change: Partial<Draft>) => void;
  platforms: readonly PlatformView[];
  /** What is wrong with a field. */
  error: (field: string) => string | undefined;
}

export function What({ draft, set, platforms, error }: WhatProps) {
  const platform = platforms.find((p) => p.name === draft.platform);
  const catalogue = platform?.events.map((e) => e.name) ?? [];
  const goals = platform?.goals ?? [];
  const everything = draft.events.includes(EVERYTHING);
  const inGoals = goals.flatMap((goal) => (chosen(draft.events, goal.events) === "all" ? goal.events : []));
  const single = draft.events.some(
    (pattern) => pattern !== EVERYTHING && !inGoals.some((t) => t === pattern),
  );
  const [each, setEach] = useState(single);
  const seen = useSeen(draft.events);
  return (
    <div>
      {draft.at === "" && (
        <div className="line" style={{ marginBottom: 4 }}>
          <span className="dim">Events of</span>
          <SegmentedControl
            size="sm"
            aria-label="Platform"
            value={draft.platform}
            onChange={(name) => {
              const next = platforms.find((p) => p.name === name)?.events.map((e) => e.name) ?? [];
              const foreign = beside(draft.events, catalogue);
              const events = draft.events.filter(
                (e) => e === EVERYTHING || next.includes(e) || foreign.includes(e),
              );
              set({ ...ELSEWHERE, platform: name, events });
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
          const some = goal.events.filter((type) => takesAny(draft.events, type)).length;
          return (
            <Card
              key={goal.title}
              title={goal.title}
              text={goal.why}
              on={how === "all"}
              note={
                how === "some"
                  ? `${some} of ${goal.events.length} events`
                  : plural(goal.events.length, "event")
              }
              onClick={() => set({ events: toggle(draft.events, goal.events, catalogue) })}
            />
          );
        })}
        <Card
          title="Everything"
          text="For a data warehouse; new event types come along by themselves"
          on={everything}
          note={catalogue.length > 0 ? plural(catalogue.length, "event") : ""}
          onClick={() => set({ events: everything ? [] : [EVERYTHING] })}
        />
        <Card
          title="I choose event by event"
          text="The full list, with what each one means"
          open={each}
          note=""
          onClick={() => setEach(!each)}
        />
      </div>
      {each && <EventByEvent draft={draft} set={set} platform={platform} />}
      {error("events") && (
        <p className={css.error} role="alert" style={{ marginTop: 10 }}>
          {error("events")}
        </p>
      )}
      {draft.at === "" && <Condition draft={draft} set={set} error={error} />}
      {seen > 0 && draft.filter.trim() === "" && (
        <div className="card" style={{ marginTop: 14, padding: "10px 15px" }}>
          Of the events kept here so far, this choice would have sent <b>{count(seen)}</b>.
        </div>
      )}
    </div>
  );
}

/** How many of the kept events the choice takes. */
function useSeen(patterns: readonly string[]): number {
  const { data } = useCall("event_types", null);
  return (data ?? []).reduce((sum, type) => sum + (takesAny(patterns, type.name) ? type.seen : 0), 0);
}

interface CardProps {
  title: string;
  text: string;
  note: string;
  /** Chosen or not. */
  on?: boolean;
  /** Unfolded or not. */
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
            <Pill tone="ok" icon={IconCheck} bare label="Chosen" />
          </span>
        ) : (
          <span className="faint">{note}</span>
        )}
      </span>
      <span className="dim">{text}</span>
    </button>
  );
}
