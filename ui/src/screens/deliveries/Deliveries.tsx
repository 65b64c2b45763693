// The delivery log: facets, time, list, and one delivery beside it.

import { Button, Menu } from "@mantine/core";
import { IconChevronDown, IconX } from "@tabler/icons-react";
import { useNavigate, useSearch } from "@tanstack/react-router";
import type { FacetsView } from "~/api/types";
import { Facets, Page, ProblemBox, Split } from "~/parts";
import { count } from "~/parts/format";
import { useEventTitles } from "~/parts/format/eventTitles";
import { CancelPending } from "./bulk/CancelPending";
import { ExportLog } from "./bulk/ExportLog";
import { RetryFailed } from "./bulk/RetryFailed";
import styles from "./deliveries.module.css";
import { DeliveryPanel } from "./detail/DeliveryPanel";
import { shortId } from "./labels";
import { CAP, groupsOf } from "./log/facets";
import { Histogram } from "./log/Histogram";
import { rangeLabel, type TimeSpan } from "./log/histogram";
import { Log } from "./log/Log";
import { usePolled } from "./log/usePolled";
import {
  choose,
  cleared,
  type DeliveriesSearch,
  FILTERS,
  type Filter,
  histogramOf,
  narrowed,
  queryOf,
  RANGES,
  type Range,
} from "./search";
import { SavedViews } from "./views/SavedViews";

const BARS = 96;
const FACETS_MS = 3000;

export function Deliveries() {
  const search = useSearch({ from: "/deliveries" });
  const navigate = useNavigate({ from: "/deliveries" });
  const title = useEventTitles();
  const query = queryOf(search);
  const facets = usePolled("facets", query, FACETS_MS);
  const histogram = usePolled("histogram", histogramOf(search, BARS), FACETS_MS);
  const go = (next: DeliveriesSearch, replace = false) => void navigate({ search: next, replace });
  const open = (id: string) => go({ ...search, open: id, attempt: undefined }, search.open !== undefined);
  const brush = (span: TimeSpan | null) =>
    go({
      ...search,
      since: span ? new Date(span.from).toISOString() : undefined,
      until: span ? new Date(span.until).toISOString() : undefined,
    });
  const failed = facets.data?.states.find(({ value }) => value === "failed")?.count ?? 0;
  const waiting = (facets.data?.states ?? [])
    .filter(({ value }) => value === "waiting" || value === "retrying" || value === "held")
    .reduce((sum, each) => sum + each.count, 0);
  const stateSum = facets.data?.states.reduce((sum, each) => sum + each.count, 0) ?? 0;
  const groups = facets.data ? groupsOf(facets.data, search, title) : [];
  return (
    <Page
      title="Deliveries"
      search={{
        value: search.q ?? "",
        onChange: (q) => go({ ...search, q: q === "" ? undefined : q }, true),
        placeholder: "payloads, responses, ids",
      }}
      filters={
        <>
          <RangeMenu range={search.range ?? "24h"} onChange={(range) => go(inRange(search, range))} />
          <SavedViews search={search} onOpen={(view) => go(view)} />
        </>
      }
      actions={
        <>
          <CancelPending query={query} waiting={waiting} where={words(search, groups)} />
          <ExportLog query={query} />
          <RetryFailed query={query} failed={failed} more={stateSum > CAP} where={words(search, groups)} />
        </>
      }
    >
      <Split
        id="deliveries"
        label="Delivery"
        width={488}
        left={
          <div className={styles.columns}>
            <div className={styles.side}>
              {facets.error ? (
                <ProblemBox problem={facets.error} />
              ) : (
                <Facets
                  groups={groups}
                  cap={CAP}
                  onChange={(group, values) => {
                    const filter = FILTERS.find((name): name is Filter => name === group);
                    if (filter) go(choose(search, filter, values));
                  }}
                />
              )}
              {facets.data?.capped && (
                <p className={styles.note}>Counts cover the newest {count(CAP)} matches.</p>
              )}
            </div>
            <div className={styles.log}>
              <Histogram view={histogram.data} since={search.since} until={search.until} onBrush={brush} />
              <Chips search={search} facets={facets.data} onSearch={go} onBrush={brush} />
              <Log search={search} onSearch={go} onOpen={open} />
            </div>
          </div>
        }
        right={
          search.open !== undefined && (
            <DeliveryPanel
              key={search.open}
              id={search.open}
              tab={search.tab}
              attempt={search.attempt}
              onTab={(tab) => go({ ...search, tab: tab === "attempts" ? undefined : tab }, true)}
              onAttempt={(attempt) => go({ ...search, attempt }, true)}
              onClose={() => go({ ...search, open: undefined, attempt: undefined, tab: undefined })}
            />
          )
        }
      />
    </Page>
  );
}

/** The search in another range; a selected part of the former one no longer applies. */
const inRange = (search: DeliveriesSearch, range: Range): DeliveriesSearch => ({
  ...search,
  range: range === "24h" ? undefined : range,
  since: undefined,
  until: undefined,
});

function RangeMenu({ range, onChange }: { range: Range; onChange: (range: Range) => void }) {
  return (
    <Menu position="bottom-start">
      <Menu.Target>
        <Button
          rightSection={<IconChevronDown size={14} stroke={1.6} />}
          aria-label={`Time range, ${RANGES[range].name}`}
        >
          {RANGES[range].name}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {(Object.keys(RANGES) as Range[]).map((each) => (
          <Menu.Item key={each} onClick={() => onChange(each)} fw={each === range ? 600 : 400}>
            {RANGES[each].name}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

/** The filters besides the facets, and how many deliveries match. */
function Chips({
  search,
  facets,
  onSearch,
  onBrush,
}: {
  search: DeliveriesSearch;
  facets: FacetsView | undefined;
  onSearch: (search: DeliveriesSearch) => void;
  onBrush: (span: null) => void;
}) {
  if (!narrowed(search)) return null;
  const { since, until, event } = search;
  const span =
    since !== undefined && until !== undefined
      ? rangeLabel({ from: Date.parse(since), until: Date.parse(until) }, Date.now())
      : since !== undefined
        ? `since ${new Date(since).toLocaleString("en-GB")}`
        : until !== undefined
          ? `before ${new Date(until).toLocaleString("en-GB")}`
          : null;
  return (
    <div className={styles.filters}>
      <b>{facets ? found(facets) : "…"}</b>{" "}
      <span className="dim">{facets?.total === 1 ? "delivery" : "deliveries"}</span>
      {span && <Chip label={span} onRemove={() => onBrush(null)} />}
      {event && (
        <Chip label={`event ${shortId(event)}`} onRemove={() => onSearch({ ...search, event: undefined })} />
      )}
      <span className="grow" />
      <button type="button" className={styles.plain} onClick={() => onSearch(cleared(search))}>
        Clear filters
      </button>
    </div>
  );
}

function Chip({ label, onRemove }: { label: string; onRemove: () => void }) {
  return (
    <button type="button" className={styles.filter} onClick={onRemove} aria-label={`Remove: ${label}`}>
      {label}
      <IconX size={12} stroke={1.8} aria-hidden="true" />
    </button>
  );
}

/** How many match, with a plus where not all were counted. */
const found = ({ total, total_capped }: FacetsView): string =>
  total_capped && total <= CAP ? `${count(total)}+` : count(total, CAP);

/** The filters in words, for a confirmation that must not be misread. */
function words(search: DeliveriesSearch, groups: ReturnType<typeof groupsOf>): string {
  const parts = groups
    .filter(({ id, chosen }) => id !== "state" && chosen.length > 0)
    .map(({ label, options, chosen }) => {
      const names = chosen.map((value) => options.find((o) => o.value === value)?.label ?? value);
      return `${label.toLowerCase()} ${names.join(" or ")}`;
    });
  if (search.q) parts.push(`containing “${search.q}”`);
  if (search.event) parts.push(`of event ${search.event}`);
  const time =
    search.since !== undefined || search.until !== undefined
      ? "in the selected time range"
      : RANGES[search.range ?? "24h"].name.toLowerCase();
  return [
    ...parts,
    `created ${time === "all time" ? "at any time" : `in the ${time}`.replace("in the in", "in")}`,
  ].join(", ");
}
