// Operations in words, and which of them are worth showing.

import type { OperationView } from "~/api/types";
import { count } from "~/parts/format";

/** Those at work, and those that ended since then and nobody has read yet; newest first. */
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

/** What it does, and for whom: `Resending what failed to CRM`. */
export function doing({ kind, state, ended, subscription_name: name }: OperationView): string {
  const to = name ? ` to ${name}` : "";
  const what = {
    retry: "Retrying deliveries",
    recover: `Resending what failed${to}`,
    replay: `Replaying events${to}`,
    cancel: "Cancelling deliveries",
  }[kind];
  if (state === "canary") return `${what}: one goes first`;
  if (!ended) return what;
  return `${what}: ${{ done: "done", stopped: "stopped", cancelled: "cancelled" }[state as string] ?? state}`;
}

/** How those went that ended: `, 30 got through, 2 failed`. */
export function tally({ kind, delivered, failed, left_out }: OperationView): string {
  const parts = [
    delivered > 0 && kind !== "cancel" && `${count(delivered)} got through`,
    failed > 0 && `${count(failed)} failed`,
    left_out > 0 && `${count(left_out)} had nothing to send`,
  ].filter(Boolean);
  return parts.map((part) => `, ${part}`).join("");
}
