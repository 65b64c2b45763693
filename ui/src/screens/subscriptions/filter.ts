// Finding subscriptions in the list.

import type { SubscriptionLine } from "~/api/types";

/** Those that hold every word, and if it is asked, fail. The order stays. */
export function filtered(
  lines: readonly SubscriptionLine[],
  query: string,
  failing: boolean,
): readonly SubscriptionLine[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  return lines.filter((line) => {
    if (failing && line.health.light !== "failing") return false;
    const all = [line.name, line.url, line.id, line.health.told, line.events.join(" "), line.brand ?? ""];
    const text = all.join(" ").toLowerCase();
    return words.every((word) => text.includes(word));
  });
}
