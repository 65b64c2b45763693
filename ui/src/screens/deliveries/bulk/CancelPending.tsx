// Cancels the waiting deliveries that match the filters, after showing how many there are.

import { Button } from "@mantine/core";
import { IconBan } from "@tabler/icons-react";
import { useState } from "react";
import type { DeliveryQuery } from "~/api/types";
import { useAct, useCall } from "~/data";
import { Confirm } from "~/parts";
import { count, plural } from "~/parts/format";
import { CAP } from "../log/facets";

export interface CancelPendingProps {
  query: DeliveryQuery;
  /** How many are waiting, as far as they were counted. */
  waiting: number;
  /** The filters in words. */
  where: string;
}

export function CancelPending({ query, waiting, where }: CancelPendingProps) {
  const [asked, setAsked] = useState<DeliveryQuery | null>(null);
  if (waiting === 0 && asked === null) return null;
  return (
    <>
      <Button
        leftSection={<IconBan size={15} stroke={1.6} />}
        onClick={() =>
          setAsked({ ...query, state: "pending", until: query.until ?? new Date().toISOString() })
        }
      >
        Cancel {count(waiting, CAP)} waiting…
      </Button>
      {asked && <Preview query={asked} where={where} onClose={() => setAsked(null)} />}
    </>
  );
}

function Preview({ query, where, onClose }: { query: DeliveryQuery; where: string; onClose: () => void }) {
  const { data, error } = useCall("cancel_matching", { query, dry_run: true }, { live: false, keep: false });
  const cancel = useAct("cancel_matching", {
    done: ({ cancelled }) => `${plural(cancelled, "delivery is", "deliveries are")} being cancelled.`,
    after: onClose,
  });
  const nothing = data?.matched === 0;
  return (
    <Confirm
      open
      danger={!nothing}
      title={
        data
          ? nothing
            ? "No deliveries are waiting any more"
            : `Cancel ${plural(data.matched, "delivery", "deliveries")}?`
          : "Counting waiting deliveries…"
      }
      action={data ? (nothing ? null : `Cancel ${count(data.matched)}`) : error ? null : "Cancel deliveries"}
      dismiss="Keep deliveries"
      busy={cancel.isPending || (!data && !error)}
      problem={cancel.error ?? error}
      onConfirm={() => cancel.mutate({ query, dry_run: false })}
      onClose={onClose}
    >
      {!nothing && (
        <p>
          They will not be retried automatically. They stay in the log, and you can retry each one manually.
          Filters: {where}.
        </p>
      )}
    </Confirm>
  );
}
