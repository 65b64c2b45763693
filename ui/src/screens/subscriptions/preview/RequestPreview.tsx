// The request for a real event, while the form is filled in.

import { Select } from "@mantine/core";
import { useEffect, useState } from "react";
import type { Problem } from "~/api";
import type { Preview, PreviewProblem, SubscriptionForm } from "~/api/types";
import { useCall } from "~/data";
import { Code, Empty, Pill, ProblemBox, sentence } from "~/parts";
import { matchesAny } from "../patterns";
import { ScrollArea } from "../ScrollArea";
import css from "../subscriptions.module.css";

/** How long after the last keystroke the preview is requested, in milliseconds. */
const REST_MS = 250;
/** How many of the latest events are selectable. */
const LATEST = 50;
/** The placeholder while there is no URL yet. */
const NO_URL = "https://receiver.example/";

/** The preview of a form, updated after typing. */
export function useRequestPreview(
  change: SubscriptionForm,
  id: string | undefined,
  wanted: boolean,
): { preview: Preview | undefined; error: Problem | null; event: string; setEvent: (id: string) => void } {
  const [event, setEvent] = useState("");
  const text = JSON.stringify(id === undefined && !change.url ? { ...change, url: NO_URL } : change);
  const [rested, setRested] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setRested(text), REST_MS);
    return () => clearTimeout(timer);
  }, [text]);
  const { data, error } = useCall(
    "subscription_preview",
    {
      change: JSON.parse(rested) as SubscriptionForm,
      ...(id === undefined ? {} : { subscription: id }),
      ...(event === "" ? {} : { event }),
    },
    { enabled: wanted, live: false },
  );
  return { preview: wanted ? data : undefined, error: wanted ? error : null, event, setEvent };
}

const ORIGIN = {
  given: "selected",
  latest: "latest matching event",
  sample: "sample, as no event is stored yet",
} as const;

export interface RequestPreviewProps {
  preview: Preview | undefined;
  error: Problem | null;
  /** The selected event types. */
  patterns: readonly string[];
  event: string;
  onEvent: (id: string) => void;
}

export function RequestPreview({ preview, error, patterns, event, onEvent }: RequestPreviewProps) {
  const live = useCall("live", { limit: LATEST }, { live: false });
  const events = (live.data?.items ?? []).filter((each) => matchesAny(patterns, each.event));
  const request = preview?.request;
  const origin = preview?.event?.origin as keyof typeof ORIGIN | undefined;
  const text = request && ("body" in request ? request.body : "");
  const json = request?.headers.some(
    ([name, value]) => /^content-type$/i.test(name) && value.includes("json"),
  );
  return (
    <ScrollArea className={css.side} label="Request preview">
      <h2>Request preview</h2>
      <Select
        aria-label="Preview event"
        value={event}
        onChange={(id) => onEvent(id ?? "")}
        data={[
          { value: "", label: "Latest matching event" },
          ...events.map((each) => ({ value: each.id, label: `${each.event} · ${each.id}` })),
        ]}
        searchable={events.length > 8}
        nothingFoundMessage="No matching event"
      />
      {error && <ProblemBox problem={error} />}
      {preview?.event && (
        <p className="dim">
          {preview.event.event} <span className="mono">{preview.event.id}</span>, {origin && ORIGIN[origin]}.
        </p>
      )}
      {preview?.problems.map((problem) => (
        <PreviewError key={`${problem.field}${problem.message}`} problem={problem} />
      ))}
      {preview?.problems.length === 0 &&
        preview.warnings.map((warning) => (
          <p key={warning} style={{ color: "var(--retry)" }}>
            {sentence(warning)}
          </p>
        ))}
      {request ? (
        <>
          <pre className={css.head}>
            {[`${request.method} ${request.url}`, ...request.headers.map(([n, v]) => `${n}: ${v}`)].join(
              "\n",
            )}
          </pre>
          {text ? (
            <Code text={text} label="Request body" language={json ? "json" : "plain"} maxHeight={420} />
          ) : (
            <p className="faint">No body.</p>
          )}
          <p className="dim">{preview.signed ? "Signed over these bytes, as of now." : "Unsigned."}</p>
        </>
      ) : (
        preview?.problems.length === 0 && <Empty title="No preview yet">Fill in the form on the left.</Empty>
      )}
    </ScrollArea>
  );
}

function PreviewError({ problem }: { problem: PreviewProblem }) {
  return (
    <div role="alert" className={css.wrong}>
      <span className={css.wrongField}>
        <Pill tone="fail">{FIELD_LABELS[problem.field] ?? (problem.field || "form")}</Pill>
      </span>
      <span>{problem.message.charAt(0).toUpperCase() + problem.message.slice(1)}</span>
    </div>
  );
}

/** Labels of fields. */
const FIELD_LABELS: Record<string, string> = {
  url: "URL",
  template: "template",
  content_type: "content type",
  events: "events",
  ca_pem: "custom CA",
  skip_tls_verify: "TLS verification",
};
