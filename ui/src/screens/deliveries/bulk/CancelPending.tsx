// Cancels everything that waits and matches the filters, after showing how much that is.

import { Button } from "@mantine/core";
import { IconBan } from "@tabler/icons-react";
import { useState } from "react";
import type { DeliveryQuery } from "~/api/types";
import { useAct, useCall } from "~/data";
import { Confirm } from "~/parts";
import { count, plural } from "~/parts/format";
import { CAP } from "../log/facets";

export interface CancelWaitingProps {
  query: DeliveryQuery;
  /** How many wait, as far as they were counted. */
  waiting: number;
  /** The filters in words; empty where there are none. */
  where: string;
}

export function CancelWaiting({ query, waiting, where }: CancelWaitingProps) {
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
            ? "Nothing waits any more"
            : `Cancel ${plural(data.matched, "delivery", "deliveries")}?`
          : "Counting what waits…"
      }
      action={data ? (nothing ? null : `Cancel ${count(data.matched)}`) : error ? null : "Cancel them"}
      dismiss="Keep them"
      busy={cancel.isPending || (!data && !error)}
      problem={cancel.error ?? error}
      onConfirm={() => cancel.mutate({ query, dry_run: false })}
      onClose={onClose}
    >
      {!nothing && (
        <p>
          They will not be tried again; the log keeps them, and each can be retried by hand. Meant is what was{" "}
          {where}.
        </p>
      )}
    </Confirm>
  );
}
