// Retention rules, and erasing one customer's data.

import { Button, NumberInput, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useState } from "react";
import type { EraseInput, RetentionView } from "~/api/types";
import { useAct, useCall } from "~/data";
import { Confirm, ProblemBox } from "~/parts";
import { bytes, plural } from "~/parts/format";
import classes from "../settings.module.css";
import { limitsOf, rulesOf } from "./retentionRules";

export function Retention() {
  const { data, error } = useCall("retention", null);
  if (error) return <ProblemBox problem={error} />;
  if (!data) return null;
  return (
    <div className="stack">
      <Rules key={JSON.stringify(limitsOf(data))} view={data} />
      <Erase />
    </div>
  );
}

function Rules({ view }: { view: RetentionView }) {
  const before = limitsOf(view);
  const [limits, setLimits] = useState(before);
  const save = useAct("retention_set", {
    done: "Saved. Data beyond the limits is deleted within ten minutes.",
  });
  const run = useAct("retention_run", {
    done: ({ bodies, deliveries, received }) =>
      bodies + deliveries + received === 0
        ? "Nothing exceeds the limits."
        : `Deleted: bodies of ${plural(bodies, "event")}, ${plural(deliveries, "delivery", "deliveries")}, ${plural(received, "received request")}.`,
  });
  const problem = save.error ?? run.error;
  const changed = JSON.stringify(limits) !== JSON.stringify(before);
  const field = (key: keyof typeof limits, label: string, description: string, suffix: string) => (
    <NumberInput
      label={label}
      description={description}
      placeholder="No limit"
      suffix={suffix}
      min={1}
      allowDecimal={key === "gigabytes"}
      value={limits[key] ?? ""}
      onChange={(value) => setLimits({ ...limits, [key]: typeof value === "number" ? value : null })}
    />
  );
  return (
    <div className="card stack">
      <p>
        {bytes(view.used_bytes)} in use. Data beyond these limits is deleted, oldest first, bodies before
        rows. Waiting deliveries are never deleted. Event ids are kept for at least {view.dedupe_days} days,
        so that duplicates are detected.
      </p>
      <div className={classes.limits}>
        {field("bodies", "Payloads and responses", "Bodies; the log rows remain", " days")}
        {field("rows", "Log", "Deliveries, attempts, received requests", " days")}
        {field("gigabytes", "Database size", "Maximum size on disk", " GB")}
      </div>
      {problem && <ProblemBox problem={problem} />}
      <div className="line">
        <Button
          variant="filled"
          disabled={!changed}
          loading={save.isPending}
          onClick={() => save.mutate(rulesOf(limits))}
        >
          Save
        </Button>
        <Button loading={run.isPending} disabled={changed} onClick={() => run.mutate(null)}>
          Clean up now
        </Button>
      </div>
    </div>
  );
}

function Erase() {
  const form = useForm({ initialValues: { field: "data.email", value: "" } });
  const [asked, setAsked] = useState<EraseInput | null>(null);
  return (
    <div className="card stack">
      <div>
        <b>Erase one customer's data</b>
        <p className="dim">
          Erases the payloads, requests, responses and received requests of every event whose field has this
          value. The rows remain, marked as erased, so that duplicates are still detected.
        </p>
      </div>
      <form
        className={classes.limits}
        onSubmit={form.onSubmit(({ field, value }) => setAsked({ field: field.trim(), value }))}
      >
        <TextInput label="Field" {...form.getInputProps("field")} />
        <TextInput label="Value" placeholder="jane@example.com" {...form.getInputProps("value")} />
        <Button
          type="submit"
          disabled={form.values.field.trim() === "" || form.values.value === ""}
          style={{ alignSelf: "end", justifySelf: "start" }}
        >
          Find events…
        </Button>
      </form>
      {asked && <EraseConfirm input={asked} onClose={() => setAsked(null)} />}
    </div>
  );
}

function EraseConfirm({ input, onClose }: { input: EraseInput; onClose: () => void }) {
  const found = useCall("erase", { ...input, dry_run: true }, { live: false, keep: false });
  const erase = useAct("erase", {
    done: ({ events, under_way }) =>
      under_way > 0
        ? `${plural(events, "event")} erased; ${plural(under_way, "is", "are")} in flight: erase again in a moment.`
        : `${plural(events, "event")} erased.`,
    after: onClose,
  });
  const { data } = found;
  const nothing = data !== undefined && data.events + data.received === 0;
  return (
    <Confirm
      open
      danger={!nothing}
      title={
        data
          ? nothing
            ? "No events have this value"
            : `Erase ${plural(data.events, "event")}?`
          : "Searching…"
      }
      action={data ? (nothing ? null : "Erase") : found.error ? null : "Erase"}
      busy={erase.isPending || (!data && !found.error)}
      problem={erase.error ?? found.error}
      onConfirm={() => erase.mutate(input)}
      onClose={onClose}
    >
      <div className="stack">
        <p>
          <code className="mono">{input.field}</code> is <code className="mono">{input.value}</code>.{" "}
          {data && !nothing && (
            <>
              Waiting deliveries are cancelled. This cannot be undone.
              {data.received > 0 && ` ${plural(data.received, "rejected request")} will be erased too.`}
            </>
          )}
        </p>
        {data && data.copies.length > 0 && (
          <p className="dim">
            Older database copies still contain the data. Delete them yourself:{" "}
            {data.copies.map((copy) => (
              <code key={copy} className="mono">
                {copy}{" "}
              </code>
            ))}
          </p>
        )}
      </div>
    </Confirm>
  );
}
