import { expect, test, vi } from "vitest";
import { type Action, addSearch, filterActions, searchEverything } from "./actions";

const action = (label: string, more: Partial<Action> = {}): Action => ({
  id: label,
  label,
  group: "Actions",
  run: () => {},
  ...more,
});

test("every word must be found, and the start of the label counts most", () => {
  const actions = [
    action("Signature lab"),
    action("New subscription"),
    action("Subscriptions"),
    action("Retry"),
  ];
  expect(filterActions("sub", actions).map((a) => a.label)).toEqual(["Subscriptions", "New subscription"]);
  expect(filterActions("sub lab", actions)).toEqual([]);
});

test("keywords find what the label does not say", () => {
  expect(filterActions("hmac", [action("Signature lab", { keywords: "hmac verify" })])).toHaveLength(1);
});

test("a provider that fails does not hide what the others find", async () => {
  const remove = [
    addSearch(() => Promise.reject(new Error("gone"))),
    addSearch(vi.fn(async () => [action("CRM")])),
  ];
  const found = await searchEverything("crm", new AbortController().signal);
  expect(found.map((a) => a.label)).toEqual(["CRM"]);
  for (const un of remove) un();
});
