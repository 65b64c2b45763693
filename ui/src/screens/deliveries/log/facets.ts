// The facets of the log as groups of checkboxes. Pure.

import type { FacetsView, FacetValue } from "~/api/types";
import type { FacetGroup, FacetOption } from "~/parts/data-display/Facets";
import { stateLabel } from "~/parts/data-display/StateBadge";
import { ATTEMPTS_ORDER, attemptsWords, outcomeWords, STATE_ORDER, statusWords } from "../labels";
import { chosen, type DeliveriesSearch } from "../search";

/** The largest count that is exact. */
export const CAP = 10_000;

const KINDS: Record<string, string> = { webhook: "Webhook", postback: "Postback" };

const option = ({ value, count }: FacetValue, label: string): FacetOption => ({ value, label, count });

/** These states are always listed, so that the list does not jump; the others only where they occur. */
const ALWAYS = ["delivered", "waiting", "retrying", "failed", "skipped"];

function states(found: readonly FacetValue[]): FacetOption[] {
  const counts = new Map(found.map(({ value, count }) => [value, count]));
  return STATE_ORDER.filter((state) => ALWAYS.includes(state) || counts.has(state)).map((state) =>
    option({ value: state, label: "", count: counts.get(state) ?? 0 }, stateLabel(state).word),
  );
}

/** The groups as the log stands. */
export function groupsOf(
  view: FacetsView,
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
      label: "Event type",
      options: view.event_types.map((each) => option(each, title(each.value))),
      chosen: chosen(search, "event_type"),
    },
    {
      id: "answer",
      label: "Response",
      options: [
        ...view.statuses.map((each) => option(each, statusWords(each.value))),
        ...view.outcomes.map((each) => option(each, outcomeWords(each.value))),
      ],
      chosen: chosen(search, "answer"),
    },
    {
      id: "attempts",
      label: "Attempts",
      options: attempts.map((each) => option(each, attemptsWords(each.value))),
      chosen: chosen(search, "attempts"),
    },
    // Only where there are both: most logs hold webhooks alone.
    ...(view.kinds.length > 1 || chosen(search, "kind").length > 0
      ? [
          {
            id: "kind",
            label: "Kind",
            options: view.kinds.map((each) => option(each, KINDS[each.value] ?? each.value)),
            chosen: chosen(search, "kind"),
          },
        ]
      : []),
  ];
}
