// Only some of the events: a condition, tried on the events that were kept before it decides about any.

import { Button, Textarea } from "@mantine/core";
import { IconAlertTriangle, IconCheck, IconMinus } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import type { FilterTrial, TriedEvent } from "~/api/types";
import { useCall } from "~/data";
import { fieldError, ProblemBox, Time, toneStyle } from "~/parts";
import { count, plural } from "~/parts/format";
import { useEventTitles } from "~/parts/format/eventTitles";
import { takesAny } from "../patterns";
import css from "../subscriptions.module.css";
import type { Draft } from "./draft";

/** How long typing rests before it is tried, in milliseconds. */
const REST_MS = 300;
/** On how many of the latest events it is tried. */
const LAST = 200;
/** How many of them are listed. */
const LISTED = 50;

/** What a condition may look like. */
const EXAMPLES = [
  "data.payoutCents >= 5000",
  'data.currency == "EUR"',
  'type != "conversion.created"',
  "has(data.sub1)",
] as const;

export interface ConditionProps {
  draft: Draft;
  set: (change: Partial<Draft>) => void;
  error: (field: string) => string | undefined;
}

/** As a ref: one function for ever, so that it is called once, when the section appears. */
const intoView = (section: HTMLElement | null) => section?.scrollIntoView({ block: "nearest" });

export function Condition({ draft, set, error }: ConditionProps) {
  const [begun] = useState(draft.filter !== "");
  const [open, setOpen] = useState(begun);
  const text = draft.filter.trim();
  const [rested, setRested] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setRested(text), REST_MS);
    return () => clearTimeout(timer);
  }, [text]);
  const trial = useCall(
    "filter_try",
    { filter: rested, last: LAST },
    { live: false, enabled: rested !== "" },
  );
  if (!open) {
    return (
      <div className="line" style={{ marginTop: 14 }}>
        <Button onClick={() => setOpen(true)}>Only some of them: add a condition</Button>
        <span className="dim">for example: payout over $50, currency EUR</span>
      </div>
    );
  }
  const current = rested !== "" && rested === text;
  const said = current ? fieldError(trial.error, "filter").error?.replace(/^`filter`:?\s+/, "") : undefined;
  return (
    <section className={css.condition} aria-label="Condition" ref={begun ? undefined : intoView}>
      <Textarea
        label="Only events that meet this condition"
        description="In CEL, over type, brand, data and event. Leave it empty for all of them."
        placeholder={EXAMPLES[0]}
        autosize
        minRows={1}
        maxRows={6}
        spellCheck={false}
        autoFocus={draft.filter === ""}
        classNames={{ input: "mono" }}
        value={draft.filter}
        onChange={(event) => set({ filter: event.currentTarget.value })}
        error={said ?? error("filter")}
      />
      {text === "" ? (
        <div className={css.fieldChips}>
          {EXAMPLES.map((example) => (
            <button
              key={example}
              type="button"
              className={`${css.chip} mono`}
              onClick={() => set({ filter: example })}
            >
              {example}
            </button>
          ))}
        </div>
      ) : (
        !said && (
          <>
            {trial.error && current && <ProblemBox problem={trial.error} />}
            {trial.data && !trial.error && <Tried trial={trial.data} patterns={draft.events} />}
          </>
        )
      )}
    </section>
  );
}

/** What became of the latest events that are wanted by their type. */
function Tried({ trial, patterns }: { trial: FilterTrial; patterns: readonly string[] }) {
  const title = useEventTitles();
  const told =
    patterns.length === 0 ? trial.items : trial.items.filter(({ event }) => takesAny(patterns, event));
  if (told.length === 0) {
    return (
      <p className="dim" aria-live="polite">
        {trial.tried === 0
          ? "No event is kept yet to try it on."
          : `None of the last ${plural(trial.tried, "event")} is of a type that is chosen.`}
      </p>
    );
  }
  const matched = told.filter(({ matches }) => matches).length;
  const unclear = told.filter(({ why }) => why !== null).length;
  return (
    <>
      <p aria-live="polite">
        Of the last {plural(told.length, "event")}, <b>{count(matched)} would be sent</b>,{" "}
        {count(told.length - matched)} would not
        {unclear > 0 && <span style={{ color: "var(--retry)" }}>; of {count(unclear)} it cannot tell</span>}.
      </p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <ul className={css.tried} tabIndex={0} aria-label="What it says of each event">
        {told.slice(0, LISTED).map((event) => (
          <li key={`${event.id} ${event.brand ?? ""} ${event.received_at}`}>
            <Fate event={event} />
            <span className="ellipsis" title={event.id}>
              {title(event.event)} <span className="faint mono">{event.id}</span>
              {event.why && <span className="dim"> · {event.why}</span>}
            </span>
            <span className="dim">
              <Time at={event.received_at} />
            </span>
          </li>
        ))}
      </ul>
    </>
  );
}

function Fate({ event }: { event: TriedEvent }) {
  const [tone, Icon, word] = event.matches
    ? (["ok", IconCheck, "Sent"] as const)
    : event.why === null
      ? (["skip", IconMinus, "Not sent"] as const)
      : (["retry", IconAlertTriangle, "Cannot tell"] as const);
  return (
    <span className={css.fate} style={toneStyle(tone)}>
      <Icon size={13} stroke={2} aria-hidden="true" />
      {word}
    </span>
  );
}
