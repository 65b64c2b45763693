// Deletes a subscription, after a confirmation.

import type { SubscriptionLine } from "~/api/types";
import { useAct } from "~/data";
import { Confirm } from "~/parts";
import { plural } from "~/parts/format";
import { hostOf } from "../url";

export interface DeleteSubscriptionProps {
  line: SubscriptionLine;
  onClose: () => void;
  onDeleted: () => void;
}

export function DeleteSubscription({ line, onClose, onDeleted }: DeleteSubscriptionProps) {
  const name = line.name || hostOf(line.url);
  const remove = useAct("subscription_delete", {
    done: ({ cancelled }) =>
      cancelled > 0
        ? `${name} deleted; ${plural(cancelled, "waiting delivery", "waiting deliveries")} cancelled.`
        : `${name} deleted.`,
    after: onDeleted,
  });
  const { waiting } = line.health;
  return (
    <Confirm
      open
      danger
      title={`Delete “${name}”?`}
      action="Delete"
      busy={remove.isPending}
      problem={remove.error}
      onClose={onClose}
      onConfirm={() => remove.mutate({ id: line.id })}
    >
      {line.remote ? (
        <p>Its webhook is removed at the platform, which then stops sending to {hostOf(line.url)}.</p>
      ) : (
        <p>
          {waiting > 0 ? (
            <>
              <b>{plural(waiting, "waiting delivery", "waiting deliveries")}</b> will be cancelled.
            </>
          ) : (
            "It has no waiting deliveries."
          )}{" "}
          New events are no longer sent to {hostOf(line.url)}. Past deliveries stay in the log.
        </p>
      )}
      <p className="dim" style={{ marginTop: 8 }}>
        {line.remote
          ? "To stop it temporarily, disable it instead. Its configuration is kept."
          : "To stop it temporarily, disable it instead. Waiting deliveries are then held."}
      </p>
    </Confirm>
  );
}
