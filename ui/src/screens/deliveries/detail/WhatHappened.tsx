// The outcome of a delivery in a sentence, with the owner of the next step and the button that helps.

import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { AttemptView, DeliveryDetail } from "~/api/types";
import { Time, useNow, Verdict } from "~/parts";
import { fine } from "../attempt/waterfall";
import { actorWords, failureWords, nextWords, skipWords } from "../labels";

/** Verdicts that a change to the subscription can resolve. */
const OF_SUBSCRIPTION = new Set([
  "dns_not_found",
  "connect_refused",
  "tls_not_tls",
  "blocked",
  "redirect_https",
  "redirect_www",
  "redirect_slash",
  "redirect",
  "unauthorized",
  "not_found",
  "rate_limited",
  "gone",
]);

export interface WhatHappenedProps {
  detail: DeliveryDetail;
  /** The selected attempt. */
  attempt: AttemptView | undefined;
  /** Without buttons: the delivery is from another machine. */
  readOnly?: boolean;
}

export function WhatHappened({ detail, attempt, readOnly = false }: WhatHappenedProps) {
  const next = useNow((now) => nextWords(detail, now) ?? "");
  if (detail.state === "skipped") {
    const { why, next: todo } = skipWords(detail.reason, detail.subscription_name);
    return (
      <Verdict tone="skip" headline={why} actions={!readOnly && <ToSubscription detail={detail} />} who="you">
        {todo}
      </Verdict>
    );
  }
  const verdict = attempt?.verdict;
  if (attempt && verdict) {
    const last = attempt.number === detail.attempts.at(-1)?.number;
    const waits = detail.state === "pending";
    return (
      <Verdict
        tone={waits && last ? "retry" : "fail"}
        headline={verdict.summary}
        who={actorWords(verdict.who)}
        actions={
          !readOnly && (
            <>
              {verdict.code === "signature_refused" && <ToLab id={detail.id} attempt={attempt.number} />}
              {OF_SUBSCRIPTION.has(verdict.code) && <ToSubscription detail={detail} />}
            </>
          )
        }
      >
        {verdict.detail && <span style={{ display: "block" }}>{verdict.detail}</span>}
        <span style={{ display: "block", color: "var(--text)" }}>{verdict.next_step}</span>
        {last && <After detail={detail} next={next} />}
      </Verdict>
    );
  }
  if (detail.state === "delivered") {
    return (
      <Verdict tone="ok" headline={delivered(detail, attempt)}>
        <Time at={attempt?.finished_at ?? detail.finished_at} form="both" />
      </Verdict>
    );
  }
  if (detail.state === "cancelled") {
    return (
      <Verdict tone="skip" headline="Cancelled. No further attempts.">
        <Time at={detail.finished_at} form="both" />
      </Verdict>
    );
  }
  return (
    <Verdict tone="wait" headline={next || "In flight."}>
      {detail.attempt_count === 0 ? `Nothing sent to ${detail.subscription_name} yet.` : null}
    </Verdict>
  );
}

function After({ detail, next }: { detail: DeliveryDetail; next: string }) {
  const words = next || failureWords(detail.failure) || "";
  return words === "" ? null : <span style={{ display: "block" }}>{words}</span>;
}

function delivered(detail: DeliveryDetail, attempt: AttemptView | undefined): string {
  const name = detail.subscription_name;
  if (!attempt) return `${name} accepted it.`;
  const nth = attempt.number > 1 ? ` on attempt ${attempt.number}` : "";
  return `${name} accepted it${nth} with ${attempt.status ?? ""} in ${fine(attempt.timings.total_us)}.`;
}

export function ToSubscription({ detail }: { detail: Pick<DeliveryDetail, "subscription"> }) {
  return (
    <Button
      size="xs"
      renderRoot={(props) => <Link {...props} to="/subscriptions" search={{ id: detail.subscription }} />}
    >
      Open subscription
    </Button>
  );
}

export function ToLab({ id, attempt }: { id: string; attempt: number }) {
  return (
    <Button
      size="xs"
      renderRoot={(props) => <Link {...props} to="/signature" search={{ delivery: id, attempt }} />}
    >
      Open in Signature lab
    </Button>
  );
}
