// Retries the failed deliveries of one subscription, after showing how many there are.

import { SegmentedControl } from "@mantine/core";
import { useState } from "react";
import type { DeliveryQuery, SubscriptionLine } from "~/api/types";
import { useAct, useCall } from "~/data";
import { Confirm, ProblemBox } from "~/parts";
import { count, plural } from "~/parts/format";
import { hostOf } from "~/screens/subscriptions/url";

type Span = "fail" | "24h" | "all";

/** The query for the failed deliveries in a time range. */
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
  // The subscription may recover while the dialog is open; the query stays as it was.
  const [asked] = useState(line);
  const [span, setSpan] = useState<Span>(asked.health.failing_since ? "fail" : "24h");
  const query = failedOf(asked, span);
  const preview = useCall("retry_matching", { query, dry_run: true }, { live: false, keep: false });
  const retry = useAct("retry_matching", {
    done: ({ retried }) => `${plural(retried, "delivery", "deliveries")} queued for retry.`,
    after: onClose,
  });
  const name = asked.name || hostOf(asked.url);
  const matched = preview.data?.matched;
  return (
    <Confirm
      open
      title={`Retry failed deliveries to ${name}`}
      action={matched ? `Retry ${count(matched)}` : matched === 0 || preview.error ? null : "Retry"}
      busy={retry.isPending || preview.isPending}
      problem={retry.error}
      onClose={onClose}
      onConfirm={() => matched && retry.mutate({ query, dry_run: false })}
    >
      <div className="stack">
        <SegmentedControl
          size="xs"
          aria-label="Time range"
          value={span}
          onChange={(value) => setSpan(value === "fail" || value === "all" ? value : "24h")}
          data={[
            ...(asked.health.failing_since ? [{ value: "fail", label: "Since the first failure" }] : []),
            { value: "24h", label: "Last 24 hours" },
            { value: "all", label: "All time" },
          ]}
        />
        {preview.error ? (
          <ProblemBox problem={preview.error} />
        ) : (
          <p aria-live="polite">
            {matched === undefined ? (
              "Counting…"
            ) : matched === 0 ? (
              "No failed deliveries in this time range can be retried."
            ) : (
              <>
                <b>{plural(matched, "delivery", "deliveries")}</b> will be retried once at{" "}
                <b>{hostOf(asked.url)}</b>.
              </>
            )}
          </p>
        )}
        {asked.health.light === "failing" && asked.health.verdict && (
          <p className="dim">
            The cause may persist: {asked.health.verdict.next_step} If in doubt, send a test first.
          </p>
        )}
      </div>
    </Confirm>
  );
}
