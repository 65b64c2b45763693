// Deletes a subscription, after saying what that does.

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
        ? `${name} is deleted; ${plural(cancelled, "delivery that waited is", "deliveries that waited are")} cancelled.`
        : `${name} is deleted.`,
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
        <p>Its webhook is removed at the platform, which then tells {hostOf(line.url)} nothing more.</p>
      ) : (
        <p>
          {waiting > 0 ? (
            <>
              <b>{plural(waiting, "delivery waits", "deliveries wait")}</b> and will be cancelled.
            </>
          ) : (
            "Nothing waits for it now."
          )}{" "}
          New events are no longer sent to {hostOf(line.url)}. What was delivered and what failed stays in the
          log.
        </p>
      )}
      <p className="dim" style={{ marginTop: 8 }}>
        {line.remote
          ? "To stop it for a while, turn it off instead: its settings are kept here."
          : "To stop it for a while, turn it off instead: what waits is held then."}
      </p>
    </Confirm>
  );
}
