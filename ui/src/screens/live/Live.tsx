// Live: every event as it arrives, with its deliveries.

import { Button, Select } from "@mantine/core";
import { IconActivity, IconFilterOff, IconPlayerPause, IconPlayerPlay } from "@tabler/icons-react";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import type { LiveLine } from "~/api/types";
import { useBrandName } from "~/brand";
import { useCall } from "~/data";
import { useShortcuts } from "~/keys";
import { Empty, Key, Page, Rows, Sparkline, Split } from "~/parts";
import { count, rate as rateWords } from "~/parts/format";
import { useEventTitles } from "~/parts/format/eventTitles";
import { useTail } from "~/parts/list/useTail";
import { columnsOf, idOf } from "./columns";
import { EventPanel } from "./EventPanel";
import styles from "./live.module.css";
import { SendEvent } from "./SendEvent";
import type { LiveSearch } from "./search";
import { useRate } from "./useRate";

export function Live() {
  const search = useSearch({ from: "/live" });
  const navigate = useNavigate({ from: "/live" });
  const go = (next: LiveSearch, replace = false) => void navigate({ search: next, replace });
  const title = useEventTitles();
  const [paused, setPaused] = useState(false);
  // Moving through the list opens nothing; Enter does.
  const [at, setAt] = useState<string | null>(null);
  const { q, event_type, brand } = search;
  const tail = useTail("live", {
    key: JSON.stringify([q, event_type, brand]),
    input: (cursor, limit) => ({
      limit,
      ...(q === undefined ? {} : { search: q }),
      ...(event_type === undefined ? {} : { event_type }),
      ...(brand === undefined ? {} : { brand }),
      ...(cursor === null ? {} : { cursor }),
    }),
    id: idOf,
    hold: paused,
    keepGone: true,
  });
  const brands = useMemo(() => new Set(tail.rows.map((row) => row.brand)).size > 1, [tail.rows]);
  const narrow = search.open !== undefined;
  const nameOf = useBrandName();
  const columns = useMemo(
    () => columnsOf(title, brands ? nameOf : null, narrow),
    [title, brands, nameOf, narrow],
  );
  const pause = () => {
    if (paused) tail.show();
    setPaused(!paused);
  };
  useShortcuts("Live", [{ keys: " ", label: paused ? "Resume" : "Pause", run: pause }]);
  const open = (id: string) => {
    const line = tail.rows.find((row) => idOf(row) === id);
    if (line) go({ ...search, ...addressOf(line) }, search.open !== undefined);
  };
  const shown = search.open === undefined ? null : (tail.rows.find((row) => isOpen(row, search)) ?? null);
  const closed = () => go({ ...search, open: undefined, of_brand: undefined, of_source: undefined });
  const sent = (id: string) => {
    setAt(null);
    go({ ...search, open: id, of_brand: undefined, of_source: undefined });
  };
  const narrowed = q !== undefined || event_type !== undefined;
  return (
    <Page
      title="Live"
      search={{
        value: q ?? "",
        onChange: (text) => go({ ...search, q: text === "" ? undefined : text }, true),
        placeholder: "ids and payloads",
      }}
      filters={
        <TypeFilter
          value={event_type}
          onChange={(type) => go({ ...search, event_type: type })}
          title={title}
        />
      }
      actions={
        <>
          <Rate />
          <Pause paused={paused} waiting={tail.waiting} gap={tail.gap} onPress={pause} />
          <SendEvent onSent={sent} />
        </>
      }
    >
      <Split
        id="live"
        label="Event"
        width={480}
        left={
          <Rows<LiveLine>
            key={tail.key}
            label="Events"
            rows={tail.rows}
            columns={columns}
            rowId={idOf}
            selected={at ?? (shown && idOf(shown))}
            onSelect={(id) => {
              setAt(id);
              if (search.open !== undefined) open(id);
            }}
            onOpen={open}
            onSee={tail.see}
            hasMore={tail.hasMore}
            more={tail.more}
            loading={tail.loading}
            error={tail.error}
            flow={at === null}
            empty={
              narrowed ? (
                <Empty
                  title="No events match these filters"
                  icon={IconFilterOff}
                  action={<Button onClick={() => go({ open: search.open })}>Clear filters</Button>}
                >
                  Events whose id or payload contains the search text appear here, newest first.
                </Empty>
              ) : (
                <Empty title="No events yet" icon={IconActivity} action={<SendEvent onSent={sent} />}>
                  Every event appears here as soon as it is stored, with its deliveries.
                </Empty>
              )
            }
          />
        }
        right={
          search.open !== undefined && (
            <EventPanel
              key={`${search.open} ${search.of_brand ?? ""} ${search.of_source ?? ""}`}
              of={{
                id: search.open,
                ...(search.of_brand === undefined ? {} : { brand: search.of_brand }),
                ...(search.of_source === undefined ? {} : { source: search.of_source }),
              }}
              onClose={closed}
            />
          )
        }
      />
    </Page>
  );
}

const addressOf = ({ id, brand, source }: LiveLine): Partial<LiveSearch> => ({
  open: id,
  of_source: source ?? undefined,
  // An event received by a source is identified by the source, not by its brand.
  of_brand: source === null ? (brand ?? undefined) : undefined,
});

function isOpen(line: LiveLine, search: LiveSearch): boolean {
  if (line.id !== search.open) return false;
  if (search.of_source !== undefined) return line.source === search.of_source;
  return search.of_brand === undefined || line.brand === search.of_brand;
}

function Rate() {
  const { now, values } = useRate();
  if (now === undefined) return null;
  return (
    <span className={styles.rate}>
      <Sparkline
        kind="line"
        tone="wait"
        values={values}
        width={72}
        height={18}
        label="Events per second, last two minutes"
      />
      <span title="Over the last ten seconds">{rateWords(now)} events/s</span>
    </span>
  );
}

function Pause({
  paused,
  waiting,
  gap,
  onPress,
}: {
  paused: boolean;
  waiting: number;
  gap: boolean;
  onPress: () => void;
}) {
  return (
    <>
      {paused && (
        <span className={styles.paused} role="status">
          <IconPlayerPause size={15} stroke={1.8} aria-hidden="true" />
          Paused · {count(waiting)}
          {gap && "+"} new
        </span>
      )}
      <Button
        leftSection={
          paused ? <IconPlayerPlay size={15} stroke={1.6} /> : <IconPlayerPause size={15} stroke={1.6} />
        }
        rightSection={<Key keys=" " />}
        onClick={onPress}
      >
        {paused ? "Resume" : "Pause"}
      </Button>
    </>
  );
}

function TypeFilter({
  value,
  onChange,
  title,
}: {
  value: string | undefined;
  onChange: (type: string | undefined) => void;
  title: (type: string) => string;
}) {
  const { data } = useCall("event_types", null, { live: false });
  const types = (data ?? []).filter(({ seen }) => seen > 0).map(({ name }) => name);
  const known = value === undefined || types.includes(value) ? types : [...types, value];
  return (
    <Select
      aria-label="Event type"
      placeholder="All event types"
      data={known.map((name) => ({ value: name, label: title(name) }))}
      value={value ?? null}
      onChange={(type) => onChange(type ?? undefined)}
      clearable
      searchable
      w={180}
    />
  );
}
