// Sends again what failed at one subscription: first how many that are, then the doing.

import { SegmentedControl } from "@mantine/core";
import { useState } from "react";
import type { DeliveryQuery, SubscriptionLine } from "~/api/types";
import { useAct, useCall } from "~/data";
import { Confirm, ProblemBox } from "~/parts";
import { count, plural } from "~/parts/format";
import { hostOf } from "~/screens/subscriptions/url";

type Span = "fail" | "24h" | "all";

/** Which deliveries are meant. */
export function failedOf(line: SubscriptionLine, span: Span): DeliveryQuery {
  const query: DeliveryQuery = { state: "failed", subscription: line.id };
  const since = span === "fail" ? line.health.failing_since : span === "24h" ? "24h" : null;
  return since === null ? query : { ...query, since };
}

export interface RetryFailedProps {
  line: SubscriptionLine;
  onClose: () => void;
}

export function RetryFailed({ line, onClose }: RetryFailedProps) {
  // What fails now may recover while the dialog is open; the question stays the one that was asked.
  const [asked] = useState(line);
  const [span, setSpan] = useState<Span>(asked.health.failing_since ? "fail" : "24h");
  const query = failedOf(asked, span);
  const preview = useCall("retry_matching", { query, dry_run: true }, { live: false, keep: false });
  const retry = useAct("retry_matching", {
    done: ({ retried }) => `${plural(retried, "delivery is", "deliveries are")} queued again.`,
    after: onClose,
  });
  const name = asked.name || hostOf(asked.url);
  const matched = preview.data?.matched;
  return (
    <Confirm
      open
      title={`Retry what failed at ${name}`}
      action={matched ? `Retry ${count(matched)}` : matched === 0 || preview.error ? null : "Retry"}
      busy={retry.isPending || preview.isPending}
      problem={retry.error}
      onClose={onClose}
      onConfirm={() => matched && retry.mutate({ query, dry_run: false })}
    >
      <div className="stack">
        <SegmentedControl
          size="xs"
          aria-label="Since when"
          value={span}
          onChange={(value) => setSpan(value === "fail" || value === "all" ? value : "24h")}
          data={[
            ...(asked.health.failing_since ? [{ value: "fail", label: "Since it began to fail" }] : []),
            { value: "24h", label: "Last 24 hours" },
            { value: "all", label: "Everything kept" },
          ]}
        />
        {preview.error ? (
          <ProblemBox problem={preview.error} />
        ) : (
          <p aria-live="polite">
            {matched === undefined ? (
              "Counting…"
            ) : matched === 0 ? (
              "Nothing that failed in this time can be sent again."
            ) : (
              <>
                <b>{plural(matched, "delivery", "deliveries")}</b> that failed will be sent again to{" "}
                <b>{hostOf(asked.url)}</b>, each once.
              </>
            )}
          </p>
        )}
        {asked.health.light === "failing" && asked.health.verdict && (
          <p className="dim">
            The cause may still be there: {asked.health.verdict.next_step} Send a test first if you are not
            sure.
          </p>
        )}
      </div>
    </Confirm>
  );
}
