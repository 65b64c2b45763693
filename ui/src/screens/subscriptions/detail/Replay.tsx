// Sends again what did not get through to a subscription, or what was never sent to it: first how
// much that is; then one goes first, and the others follow at a pace.

import { Checkbox, SegmentedControl, TextInput } from "@mantine/core";
import { useState } from "react";
import type { OperationPlan, SubscriptionLine } from "~/api/types";
import { toast, useAct, useCall } from "~/data";
import { Confirm, DefinitionList, ProblemBox } from "~/parts";
import { count, plural } from "~/parts/format";
import { hostOf } from "../url";
import { momentProblem, planWords, SPANS, type SpanId, sinceOf } from "./replay";

export interface SendAgainProps {
  line: SubscriptionLine;
  what: "recover" | "replay";
  onClose: () => void;
}

export function SendAgain({ line, what, onClose }: SendAgainProps) {
  // What fails now may recover while the dialog is open; the question stays the one that was asked.
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
    if (operation) toast("It is under way; the bar at the bottom shows how far it is.");
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
      title={what === "recover" ? `Resend what failed to ${name}` : `Replay events to ${name}`}
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
          aria-label="Since when"
          value={span}
          onChange={(value) => setSpan(value as SpanId)}
          data={SPANS.filter(({ value }) => value !== "fail" || failing !== null)}
        />
        {span === "at" && (
          <TextInput
            label="Since"
            placeholder="2026-11-21 18:00"
            description="A date, or date and time, as clocks show it here."
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
            label="Only what was never sent to it"
            description="Events it would be sent today that have no delivery, or were skipped"
            checked={missing}
            onChange={(event) => setMissing(event.currentTarget.checked)}
          />
        )}
        {since === null ? null : preview.error ? (
          <ProblemBox problem={preview.error} />
        ) : matched === undefined ? (
          <p aria-live="polite">Counting…</p>
        ) : matched === 0 ? (
          <p aria-live="polite">There is nothing to send in this time.</p>
        ) : (
          <>
            <p aria-live="polite">
              <b>{plural(matched, "delivery", "deliveries")}</b> to <b>{hostOf(asked.url)}</b>. One goes
              first; when it gets through, the others follow at ten a second. It stops when failures pile up.
            </p>
            <DefinitionList items={planWords(preview.data?.counts ?? {})} />
          </>
        )}
      </div>
    </Confirm>
  );
}
