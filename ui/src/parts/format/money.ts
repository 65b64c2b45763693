// Amounts as platforms send them, written for people.

import type { About, Money } from "~/api/types";

/** An amount with its currency: `$42.00`. An unknown currency follows: `12.00 XYZ`. */
export function money({ amount, currency }: Money): string {
  const value = Number(amount);
  if (!Number.isFinite(value) || amount.trim() === "") return currency ? `${amount} ${currency}` : amount;
  if (!currency) return amount;
  try {
    const format = new Intl.NumberFormat("en-US", {
      style: "currency",
      currency,
      currencyDisplay: "narrowSymbol",
    });
    return format.format(value);
  } catch {
    return `${amount} ${currency}`;
  }
}

/** What an event is about, in a few words: `order-12345 · $42.00`; empty if the payload does not say. */
export function aboutWords(about: About): string {
  return [about.subject, about.money && money(about.money)].filter(Boolean).join(" · ");
}
