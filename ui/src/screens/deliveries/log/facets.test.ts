import { expect, test } from "vitest";
import type { FacetsView } from "~/api/types";
import { groupsOf } from "./facets";

const value = (name: string, count: number, label = "") => ({ value: name, label, count });
const view: FacetsView = {
  total: 10,
  total_capped: false,
  states: [value("failed", 3), value("delivered", 7)],
  subscriptions: [value("sub_1", 10, "CRM")],
  event_types: [value("conversion.approved", 10)],
  outcomes: [value("timeout", 1)],
  statuses: [value("401", 2), value("200", 7)],
  attempts: [value("7-", 3), value("1", 7)],
  kinds: [value("webhook", 9), value("postback", 1)],
  capped: false,
};
const groups = (search = {}) => groupsOf(view, search, (type) => `title of ${type}`);
const labels = (id: string, search = {}) =>
  groups(search)
    .find((group) => group.id === id)
    ?.options.map(({ label, count }) => `${label} ${count}`);

test("states come in the order of a delivery's life, also those that nothing has", () => {
  expect(labels("state")).toEqual(["Delivered 7", "Waiting 0", "Retrying 0", "Failed 3", "Skipped 0"]);
});

test("values are shown in words", () => {
  expect(labels("subscription")).toEqual(["CRM 10"]);
  expect(labels("event_type")).toEqual(["title of conversion.approved 10"]);
  expect(labels("answer")).toEqual(["401 Unauthorized 2", "200 OK 7", "Timed out 1"]);
  expect(labels("attempts")).toEqual(["1 7", "7 or more 3"]);
  expect(labels("kind")).toEqual(["Webhook 9", "Postback 1"]);
});

test("what is ticked is told by group", () => {
  const ticked = groups({ answer: ["401", "timeout"] }).find((group) => group.id === "answer");
  expect(ticked?.chosen).toEqual(["401", "timeout"]);
});
