// Recovers failed deliveries of a subscription, or replays missing events: a preview with counts, then
// a canary, then the rest at a limited rate.

import { Checkbox, SegmentedControl, TextInput } from "@mantine/core";
import { useState } from "react";
import type { OperationPlan, SubscriptionLine } from "~/api/types";
import { toast, useAct, useCall } from "~/data";
import { Confirm, DefinitionList, ProblemBox } from "~/parts";
import { count, plural } from "~/parts/format";
import { hostOf } from "../url";
import { momentProblem, planWords, SPANS, type SpanId, sinceOf } from "./replay";

export interface ReplayProps {
  line: SubscriptionLine;
  what: "recover" | "replay";
  onClose: () => void;
}

export function Replay({ line, what, onClose }: ReplayProps) {
  // The subscription may recover while the dialog is open; the query stays as it was.
  const [asked] = useState(line);
  const failing = asked.health.failing_since;
  const [span, setSpan] = useState<SpanId>(what === "recover" && failing ? "fail" : "24h");
  const [missing, setMissing] = useState(true);
  const [moment, setMoment] = useState("");
  const [left, setLeft] = useState(false);
  const since = sinceOf(span, failing, moment);
  const from = since ?? "1m";
  const recovery = { id: asked.id, input: { since: from, dry_run: false } };
  const replaying = {
    id: asked.id,
    input: { since: from, missing, rules: "today" as const, dry_run: false },
  };
  const recoverable = useCall(
    "recover",
    { ...recovery, input: { ...recovery.input, dry_run: true } },
    { live: false, keep: false, enabled: what === "recover" && since !== null },
  );
  const replayable = useCall(
    "replay",
    { ...replaying, input: { ...replaying.input, dry_run: true } },
    { live: false, keep: false, enabled: what === "replay" && since !== null },
  );
  const started = ({ operation }: OperationPlan) => {
    if (operation) toast("Started. The bar at the bottom shows its progress.");
    onClose();
  };
  const recover = useAct("recover", { after: started });
  const replay = useAct("replay", { after: started });
  const preview = what === "recover" ? recoverable : replayable;
  const act = what === "recover" ? recover : replay;
  const matched = preview.data?.matched;
  const name = asked.name || hostOf(asked.url);
  return (
    <Confirm
      open
      title={what === "recover" ? `Recover failed deliveries to ${name}` : `Replay events to ${name}`}
      action={
        matched ? `Send ${count(matched)}` : matched === 0 || preview.error || since === null ? null : "Send"
      }
      busy={act.isPending || preview.isFetching}
      problem={act.error}
      onClose={onClose}
      onConfirm={() => {
        if (what === "recover") recover.mutate(recovery);
        else replay.mutate(replaying);
      }}
    >
      <div className="stack">
        <SegmentedControl
          size="xs"
          aria-label="Time range"
          value={span}
          onChange={(value) => setSpan(value as SpanId)}
          data={SPANS.filter(({ value }) => value !== "fail" || failing !== null)}
        />
        {span === "at" && (
          <TextInput
            label="Since"
            placeholder="2026-11-21 18:00"
            description="A date, or date and time, in local time."
            data-autofocus
            value={moment}
            onChange={(event) => {
              setMoment(event.currentTarget.value);
              setLeft(false);
            }}
            onBlur={() => setLeft(true)}
            error={momentProblem(moment, left)}
          />
        )}
        {what === "replay" && (
          <Checkbox
            size="xs"
            label="Only missing events"
            description="Matching events without a delivery, or with a skipped one"
            checked={missing}
            onChange={(event) => setMissing(event.currentTarget.checked)}
          />
        )}
        {since === null ? null : preview.error ? (
          <ProblemBox problem={preview.error} />
        ) : matched === undefined ? (
          <p aria-live="polite">Counting…</p>
        ) : matched === 0 ? (
          <p aria-live="polite">Nothing to send in this time range.</p>
        ) : (
          <>
            <p aria-live="polite">
              <b>{plural(matched, "delivery", "deliveries")}</b> to <b>{hostOf(asked.url)}</b>. One is sent
              first as a canary. If it succeeds, the rest follow at ten per second. Repeated failures stop the
              operation.
            </p>
            <DefinitionList items={planWords(preview.data?.counts ?? {})} />
          </>
        )}
      </div>
    </Confirm>
  );
}
