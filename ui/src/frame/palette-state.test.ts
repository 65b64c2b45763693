import { expect, it } from "vitest";
import { filterActions } from "./palette-state";

const action = (label: string, words = "") => ({ id: label, label, words, run: () => {} });

it("finds_actions_by_every_word_and_puts_those_that_start_with_it_first", () => {
  const actions = [action("Retry a live delivery"), action("Live", "tail stream"), action("Settings")];
  expect(filterActions(actions, "live").map((a) => a.label)).toEqual(["Live", "Retry a live delivery"]);
  expect(filterActions(actions, "stream tail").map((a) => a.label)).toEqual(["Live"]);
  expect(filterActions(actions, "")).toHaveLength(3);
});
