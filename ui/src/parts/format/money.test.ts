import { expect, test } from "vitest";
import { aboutWords, money } from "./money";

test("an amount carries the sign of its currency", () => {
  expect(money({ amount: "42", currency: "USD" })).toBe("$42.00");
  expect(money({ amount: "-9.9", currency: "EUR" })).toBe("-€9.90");
});

test("a currency without cents has none", () => {
  expect(money({ amount: "1200", currency: "JPY" })).toBe("¥1,200");
});

test("what is no currency stays as it was sent", () => {
  expect(money({ amount: "12.00", currency: "points!" })).toBe("12.00 points!");
  expect(money({ amount: "12.00", currency: null })).toBe("12.00");
  expect(money({ amount: "a lot", currency: "USD" })).toBe("a lot USD");
});

test("what is not known is left out", () => {
  expect(aboutWords({ subject: "order-1", money: { amount: "5", currency: "USD" } })).toBe("order-1 · $5.00");
  expect(aboutWords({ subject: null, money: null })).toBe("");
});
