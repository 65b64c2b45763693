// The facets of the log as groups of boxes. Pure.

import type { FacetsView, FacetValue } from "~/api/types";
import type { FacetGroup, FacetOption } from "~/parts/Facets";
import { stateLook } from "~/parts/StateBadge";
import { choose, chosen, type DeliveriesSearch, type Filter } from "./search";
import { ATTEMPTS_ORDER, attemptsWords, outcomeWords, STATE_ORDER, statusWords } from "./words";

/** The largest count that is exact. */
export const CAP = 10_000;

/** Statuses and outcomes without one are one group; a value says which it is by this before it. */
const STATUS = "status:";
const OUTCOME = "outcome:";
const ANSWER = "answer";

const option = ({ value, count }: FacetValue, label: string, prefix = ""): FacetOption => ({
  value: prefix + value,
  label,
  count,
});

/** States are always all there, so that the list does not jump; the rare ones only where they occur. */
const ALWAYS = ["delivered", "waiting", "retrying", "failed", "skipped"];

function states(found: readonly FacetValue[]): FacetOption[] {
  const counts = new Map(found.map(({ value, count }) => [value, count]));
  return STATE_ORDER.filter((state) => ALWAYS.includes(state) || counts.has(state)).map((state) =>
    option({ value: state, label: "", count: counts.get(state) ?? 0 }, stateLook(state).word),
  );
}

/** The groups as the log stands. `free` are the facets without the choice of an answer, to choose from. */
export function groupsOf(
  view: FacetsView,
  free: FacetsView,
  search: DeliveriesSearch,
  title: (type: string) => string,
): FacetGroup[] {
  const attempts = [...view.attempts].sort(
    (a, b) => ATTEMPTS_ORDER.indexOf(a.value) - ATTEMPTS_ORDER.indexOf(b.value),
  );
  return [
    { id: "state", label: "State", options: states(view.states), chosen: chosen(search, "state") },
    {
      id: "subscription",
      label: "Subscription",
      options: view.subscriptions.map((each) => option(each, each.label || each.value)),
      chosen: chosen(search, "subscription"),
    },
    {
      id: "event_type",
      label: "Event",
      options: view.event_types.map((each) => option(each, title(each.value))),
      chosen: chosen(search, "event_type"),
    },
    {
      id: ANSWER,
      label: "Answer",
      options: [
        ...free.statuses.map((each) => option(each, statusWords(each.value), STATUS)),
        ...free.outcomes.map((each) => option(each, outcomeWords(each.value), OUTCOME)),
      ],
      chosen: [
        ...chosen(search, "status").map((value) => STATUS + value),
        ...chosen(search, "outcome").map((value) => OUTCOME + value),
      ],
    },
    {
      id: "attempts",
      label: "Attempts",
      options: attempts.map((each) => option(each, attemptsWords(each.value))),
      chosen: chosen(search, "attempts"),
    },
  ];
}

/** The address after boxes of a group were ticked. */
export function afterTick(
  search: DeliveriesSearch,
  group: string,
  values: readonly string[],
): DeliveriesSearch {
  if (group !== ANSWER) return choose(search, group as Filter, values);
  const before = new Set([
    ...chosen(search, "status").map((v) => STATUS + v),
    ...chosen(search, "outcome").map((v) => OUTCOME + v),
  ]);
  const added = values.find((value) => !before.has(value));
  const of = (prefix: string) =>
    values.filter((value) => value.startsWith(prefix)).map((value) => value.slice(prefix.length));
  // What was ticked last says which kind is meant.
  if (added?.startsWith(OUTCOME)) return choose({ ...search, status: undefined }, "outcome", of(OUTCOME));
  if (added?.startsWith(STATUS)) return choose({ ...search, outcome: undefined }, "status", of(STATUS));
  return choose(choose(search, "status", of(STATUS)), "outcome", of(OUTCOME));
}

/** Whether an answer is chosen, so that the others have to be asked for. */
export const hasAnswer = (search: DeliveriesSearch): boolean =>
  search.status !== undefined || search.outcome !== undefined;
