// Filters for the list of subscriptions.

import type { BrandView, SubscriptionLine } from "~/api/types";

/** The subscriptions that match events of a brand: its own, and those of any brand. */
export function ofBrand(
  lines: readonly SubscriptionLine[],
  brand: BrandView | undefined,
): readonly SubscriptionLine[] {
  if (!brand) return lines;
  const words: (string | null)[] = [null, brand.id, brand.name, brand.payload_id];
  return lines.filter((line) => words.includes(line.brand));
}

/** The subscriptions that contain every word and, if `failing`, are failing. The order is kept. */
export function filtered(
  lines: readonly SubscriptionLine[],
  query: string,
  failing: boolean,
): readonly SubscriptionLine[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  return lines.filter((line) => {
    if (failing && line.health.light !== "failing") return false;
    const all = [
      line.name,
      line.url,
      line.id,
      line.health.told,
      line.events.join(" "),
      line.brand ?? "",
      line.remote?.brand_name ?? "",
    ];
    const text = all.join(" ").toLowerCase();
    return words.every((word) => text.includes(word));
  });
}
