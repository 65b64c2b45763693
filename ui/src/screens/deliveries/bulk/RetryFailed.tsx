// Retries the failed deliveries that match the filters, after showing how many there are.

import { Button } from "@mantine/core";
import { IconRefresh } from "@tabler/icons-react";
import { useState } from "react";
import type { DeliveryQuery, FacetValue } from "~/api/types";
import { useAct, useCall } from "~/data";
import { Confirm, DefinitionList } from "~/parts";
import { count, plural } from "~/parts/format";
import { outcomeWords, statusWords } from "../labels";
import { CAP } from "../log/facets";

export interface RetryFailedProps {
  query: DeliveryQuery;
  /** How many failed, as far as they were counted. */
  failed: number;
  /** Whether there may be more than that. */
  more: boolean;
  /** The filters in words. */
  where: string;
}

export function RetryFailed({ query, failed, more, where }: RetryFailedProps) {
  const [asked, setAsked] = useState<DeliveryQuery | null>(null);
  if (failed === 0 && asked === null) return null;
  return (
    <>
      <Button
        variant="filled"
        leftSection={<IconRefresh size={15} stroke={1.8} />}
        // Deliveries that fail after the preview are not part of it.
        onClick={() =>
          setAsked({ ...query, state: "failed", until: query.until ?? new Date().toISOString() })
        }
      >
        Retry {count(failed, CAP)}
        {more && failed <= CAP && "+"} failed…
      </Button>
      {asked && <Preview query={asked} where={where} onClose={() => setAsked(null)} />}
    </>
  );
}

const listed = (values: readonly FacetValue[], name: (value: FacetValue) => string): string | null =>
  values.length === 0
    ? null
    : values
        .slice(0, 6)
        .map((value) => `${name(value)} (${count(value.count, CAP)})`)
        .join(", ") + (values.length > 6 ? ` and ${values.length - 6} more` : "");

function Preview({ query, where, onClose }: { query: DeliveryQuery; where: string; onClose: () => void }) {
  const preview = useCall("retry_matching", { query, dry_run: true }, { live: false, keep: false });
  const facets = useCall("facets", query, { live: false, keep: false });
  const retry = useAct("retry_matching", {
    done: ({ retried, operation }) =>
      operation
        ? "Retry started. The bar at the bottom shows its progress."
        : `${plural(retried, "delivery", "deliveries")} queued for one attempt each.`,
    after: onClose,
  });
  const { data, error } = preview;
  const nothing = data?.matched === 0;
  return (
    <Confirm
      open
      title={
        data
          ? nothing
            ? "No failed deliveries left"
            : `Retry ${plural(data.matched, "failed delivery", "failed deliveries")}?`
          : "Counting failed deliveries…"
      }
      action={data ? (nothing ? null : `Retry ${count(data.matched)}`) : error ? null : "Retry"}
      busy={retry.isPending || (!data && !error)}
      problem={retry.error ?? error}
      onConfirm={() => retry.mutate({ query, dry_run: false })}
      onClose={onClose}
    >
      <div className="stack">
        {!nothing && (
          <p>
            Each delivery gets one attempt now, with its original event id, so a receiver that deduplicates by
            id processes none twice. Deliveries that fail again stay failed. With more than five, one is sent
            first as a canary, then the rest at ten per second.
          </p>
        )}
        {facets.data && !nothing && (
          <DefinitionList
            items={[
              ["Endpoints", listed(facets.data.subscriptions, ({ label, value }) => label || value)],
              [
                "Failures",
                listed([...facets.data.statuses, ...facets.data.outcomes], ({ value }) =>
                  /^\d+$/.test(value) ? statusWords(value) : outcomeWords(value).toLowerCase(),
                ),
              ],
              ["Filters", where],
            ]}
          />
        )}
      </div>
    </Confirm>
  );
}
