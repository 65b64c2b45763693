// Labels for operations, and which of them are shown.

import type { OperationView } from "~/api/types";
import { count } from "~/parts/format";

/** The running ones, and those that ended since then and were not dismissed; newest first. */
export function shownOperations(
  all: readonly OperationView[],
  since: number,
  read: readonly string[],
): OperationView[] {
  return all
    .filter(({ id, ended, finished_at }) => {
      if (!ended) return true;
      return !read.includes(id) && finished_at !== null && Date.parse(finished_at) >= since;
    })
    .slice(0, 4);
}

/** The title: `Recovering failed deliveries to CRM`. */
export function doing({ kind, state, ended, subscription_name: name }: OperationView): string {
  const to = name ? ` to ${name}` : "";
  const what = {
    retry: "Retrying deliveries",
    recover: `Recovering failed deliveries${to}`,
    replay: `Replaying events${to}`,
    cancel: "Cancelling deliveries",
  }[kind];
  if (state === "canary") return `${what}: sending the canary`;
  if (!ended) return what;
  return `${what}: ${{ done: "done", stopped: "stopped", cancelled: "cancelled" }[state as string] ?? state}`;
}

/** The results so far: `, 30 delivered, 2 failed`. */
export function results({ kind, delivered, failed, left_out }: OperationView): string {
  const parts = [
    delivered > 0 && kind !== "cancel" && `${count(delivered)} delivered`,
    failed > 0 && `${count(failed)} failed`,
    left_out > 0 && `${count(left_out)} skipped`,
  ].filter(Boolean);
  return parts.map((part) => `, ${part}`).join("");
}
