// How long what is kept, and erasing one customer's data.

import { Button, NumberInput, TextInput } from "@mantine/core";
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
    done: "Saved. What is too old or too much goes within ten minutes.",
  });
  const run = useAct("retention_run", {
    done: ({ bodies, deliveries, received }) =>
      bodies + deliveries + received === 0
        ? "Nothing is too old or too much."
        : `Taken away: the bodies of ${plural(bodies, "event")}, ${plural(deliveries, "delivery", "deliveries")}, ${plural(received, "received request")}.`,
  });
  const problem = save.error ?? run.error;
  const changed = JSON.stringify(limits) !== JSON.stringify(before);
  const field = (key: keyof typeof limits, label: string, description: string, suffix: string) => (
    <NumberInput
      label={label}
      description={description}
      placeholder="no limit"
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
        {bytes(view.used_bytes)} are in use. What is older or more than this is taken away, the oldest first,
        bodies before rows; what waits is never touched. The id of an event is known for {view.dedupe_days}{" "}
        days at least, so that nothing is taken in twice.
      </p>
      <div className={classes.limits}>
        {field("bodies", "Payloads and answers", "then the log shows that they were pruned", " days")}
        {field("rows", "The log", "deliveries, attempts, received requests", " days")}
        {field("gigabytes", "All together", "how large the database may be", " GB")}
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
  const [field, setField] = useState("data.email");
  const [value, setValue] = useState("");
  const [asked, setAsked] = useState<EraseInput | null>(null);
  return (
    <div className="card stack">
      <div>
        <b>Erase one customer's data</b>
        <p className="dim">
          Every event whose field has this value: payloads, requests, answers and received requests are
          erased. The rows stay, marked, so that the same event is not taken in again.
        </p>
      </div>
      <form
        className={classes.limits}
        onSubmit={(event) => {
          event.preventDefault();
          setAsked({ field: field.trim(), value });
        }}
      >
        <TextInput label="Field" value={field} onChange={(e) => setField(e.currentTarget.value)} />
        <TextInput
          label="Value"
          placeholder="jane@example.com"
          value={value}
          onChange={(e) => setValue(e.currentTarget.value)}
        />
        <Button
          type="submit"
          disabled={field.trim() === "" || value === ""}
          style={{ alignSelf: "end", justifySelf: "start" }}
        >
          Look for it…
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
        ? `${plural(events, "event")} erased; ${plural(under_way, "is", "are")} under way: erase again in a moment.`
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
            ? "Nothing has this value"
            : `Erase ${plural(data.events, "event")}?`
          : "Looking for it…"
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
              What waits of them is cancelled. This cannot be taken back.
              {data.received > 0 && ` ${plural(data.received, "refused request")} will be emptied too.`}
            </>
          )}
        </p>
        {data && data.copies.length > 0 && (
          <p className="dim">
            Older copies of the database hold what they held; delete them yourself:{" "}
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
