// Retries everything that failed and matches the filters, after showing how much that is.

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
  /** The filters in words; empty where there are none. */
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
        // What fails after the question was asked is not in the answer.
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
        ? "It is under way; the bar at the bottom shows how far it is."
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
            ? "Nothing to retry any more"
            : `Retry ${plural(data.matched, "failed delivery", "failed deliveries")}?`
          : "Counting what failed…"
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
            Each gets one attempt now, under its own event id, so that a receiver that looks at ids takes none
            twice. What fails again stays failed. Of more than five, one goes first, then the others at ten a
            second.
          </p>
        )}
        {facets.data && !nothing && (
          <DefinitionList
            items={[
              ["To", listed(facets.data.subscriptions, ({ label, value }) => label || value)],
              [
                "Failed with",
                listed([...facets.data.statuses, ...facets.data.outcomes], ({ value }) =>
                  /^\d+$/.test(value) ? statusWords(value) : outcomeWords(value).toLowerCase(),
                ),
              ],
              ["Which", where],
            ]}
          />
        )}
      </div>
    </Confirm>
  );
}
