// The filter: a CEL expression, tested on stored events while it is typed.

import { Button, Textarea } from "@mantine/core";
import { IconAlertTriangle, IconCheck, IconMinus } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import type { FilterTest, FilterTestEvent } from "~/api/types";
import { useCall } from "~/data";
import { fieldError, ProblemBox, Time, toneStyle } from "~/parts";
import { count, plural } from "~/parts/format";
import { useEventTitles } from "~/parts/format/eventTitles";
import { matchesAny } from "../patterns";
import css from "../subscriptions.module.css";
import type { DraftForm } from "./fieldProps";

/** How long after the last keystroke the filter is tested, in milliseconds. */
const REST_MS = 300;
/** How many of the latest events it is tested on. */
const LAST = 200;
/** How many of them are listed. */
const LISTED = 50;

/** Example filters. */
const EXAMPLES = [
  "data.payoutCents >= 5000",
  'data.currency == "EUR"',
  'type != "conversion.created"',
  "has(data.sub1)",
] as const;

export interface FilterFieldProps {
  form: DraftForm;
  error: (field: string) => string | undefined;
}

/** A ref with a stable identity, so that it is called once, when the section appears. */
const intoView = (section: HTMLElement | null) => section?.scrollIntoView({ block: "nearest" });

export function FilterField({ form, error }: FilterFieldProps) {
  const { values: draft, setValues: set } = form;
  const [begun] = useState(draft.filter !== "");
  const [open, setOpen] = useState(begun);
  const text = draft.filter.trim();
  const [rested, setRested] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setRested(text), REST_MS);
    return () => clearTimeout(timer);
  }, [text]);
  const test = useCall(
    "filter_test",
    { filter: rested, last: LAST },
    { live: false, enabled: rested !== "" },
  );
  if (!open) {
    return (
      <div className="line" style={{ marginTop: 14 }}>
        <Button onClick={() => setOpen(true)}>Add filter</Button>
        <span className="dim">for example, payout over $50 or currency EUR</span>
      </div>
    );
  }
  const current = rested !== "" && rested === text;
  const invalid = current ? fieldError(test.error, "filter").error?.replace(/^`filter`:?\s+/, "") : undefined;
  return (
    <section className={css.filter} aria-label="Filter" ref={begun ? undefined : intoView}>
      <Textarea
        label="Filter"
        description="A CEL expression over type, brand, data and event. Leave empty to send all events."
        placeholder={EXAMPLES[0]}
        autosize
        minRows={1}
        maxRows={6}
        spellCheck={false}
        autoFocus={draft.filter === ""}
        classNames={{ input: "mono" }}
        {...form.getInputProps("filter")}
        error={invalid ?? error("filter")}
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
        !invalid && (
          <>
            {test.error && current && <ProblemBox problem={test.error} />}
            {test.data && !test.error && <FilterTestResult test={test.data} patterns={draft.events} />}
          </>
        )
      )}
    </section>
  );
}

/** The result for the latest events of the selected types. */
function FilterTestResult({ test, patterns }: { test: FilterTest; patterns: readonly string[] }) {
  const title = useEventTitles();
  const events =
    patterns.length === 0 ? test.items : test.items.filter(({ event }) => matchesAny(patterns, event));
  if (events.length === 0) {
    return (
      <p className="dim" aria-live="polite">
        {test.tried === 0
          ? "There are no stored events to test the filter on."
          : `None of the last ${plural(test.tried, "event")} has a selected type.`}
      </p>
    );
  }
  const matched = events.filter(({ matches }) => matches).length;
  const unclear = events.filter(({ why }) => why !== null).length;
  return (
    <>
      <p aria-live="polite">
        Of the last {plural(events.length, "event")}, <b>{count(matched)} would be sent</b>,{" "}
        {count(events.length - matched)} would not
        {unclear > 0 && (
          <span style={{ color: "var(--retry)" }}>; {count(unclear)} could not be evaluated</span>
        )}
        .
      </p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <ul className={css.tried} tabIndex={0} aria-label="Filter result per event">
        {events.slice(0, LISTED).map((event) => (
          <li key={`${event.id} ${event.brand ?? ""} ${event.received_at}`}>
            <EventResult event={event} />
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

function EventResult({ event }: { event: FilterTestEvent }) {
  const [tone, Icon, word] = event.matches
    ? (["ok", IconCheck, "Sent"] as const)
    : event.why === null
      ? (["skip", IconMinus, "Not sent"] as const)
      : (["retry", IconAlertTriangle, "Error"] as const);
  return (
    <span className={css.result} style={toneStyle(tone)}>
      <Icon size={13} stroke={2} aria-hidden="true" />
      {word}
    </span>
  );
}
