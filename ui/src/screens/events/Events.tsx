// Events: the event types of platforms, and those received or published on this machine.

import { IconLayoutGrid } from "@tabler/icons-react";
import { useNavigate } from "@tanstack/react-router";
import { useMemo } from "react";
import { useCall } from "~/data";
import { useShortcuts } from "~/keys";
import { type Column, Empty, Page, ProblemBox, Rows, Split, Time } from "~/parts";
import { count } from "~/parts/format";
import { type Line, linesOf, search as searched } from "./catalogue";
import classes from "./events.module.css";
import { Platforms } from "./Platforms";
import { type EventsSearch, routeApi } from "./search";
import { TypeDetail } from "./TypeDetail";

const COLUMNS: readonly Column<Line>[] = [
  {
    id: "title",
    header: "Event type",
    width: "minmax(150px, 0.8fr)",
    cell: (line) => <b className={classes.title}>{line.title}</b>,
  },
  {
    id: "name",
    header: "Name",
    width: "minmax(110px, 0.7fr)",
    cell: (line) => <code className="mono dim">{line.name}</code>,
  },
  {
    id: "meaning",
    header: "Description",
    width: "minmax(120px, 1.4fr)",
    cell: (line) => <span className="dim">{line.meaning}</span>,
  },
  {
    id: "seen",
    header: "Events",
    width: "56px",
    align: "end",
    cell: (line) => (line.seen === 0 ? <span className="faint">–</span> : count(line.seen)),
  },
  {
    id: "last",
    header: "Last seen",
    width: "84px",
    align: "end",
    cell: (line) => (
      <span className="dim">
        <Time at={line.lastAt} />
      </span>
    ),
  },
];
const NARROW = ["meaning", "last"];
const nameOf = (line: Line) => line.name;
const NOTHING: readonly never[] = [];

export function Events() {
  const at = routeApi.useSearch();
  const navigate = useNavigate({ from: "/events" });
  const platforms = useCall("platforms", null, { live: false });
  const types = useCall("event_types", null);
  const known = platforms.data ?? NOTHING;
  const seen = types.data ?? NOTHING;
  const choice =
    at.platform === "seen" || known.some(({ name }) => name === at.platform) ? at.platform : undefined;
  const all = useMemo(() => linesOf(known, seen, undefined), [known, seen]);
  const lines = useMemo(() => linesOf(known, seen, choice), [known, seen, choice]);
  const rows = useMemo(() => searched(lines, at.q), [lines, at.q]);
  const open = at.type === undefined ? undefined : (lines.find(isOpen) ?? all.find(isOpen));
  function isOpen(line: Line) {
    return line.name === at.type;
  }
  const change = (part: Partial<EventsSearch>, replace = false) =>
    void navigate({ search: (old) => ({ ...old, ...part }), replace });
  const close = () => change({ type: undefined, tab: undefined }, true);
  useShortcuts("Events", [
    { keys: "Escape", label: "Close the event type", enabled: open !== undefined, run: close },
  ]);
  const about = known.find(({ name }) => name === choice);
  const error = platforms.error ?? types.error;
  return (
    <Page
      title="Events"
      search={{
        value: at.q ?? "",
        onChange: (q) => change({ q: q || undefined }, true),
        placeholder: "names, descriptions",
      }}
      subtitle="Event types, schemas and samples"
    >
      {error && <ProblemBox problem={error} />}
      <div className={classes.layout}>
        <Platforms
          platforms={known}
          selected={choice}
          total={all.length}
          seen={all.filter((line) => line.seen > 0).length}
        />
        <div className={classes.main}>
          <Split
            id="events"
            label="Event type"
            width={460}
            left={
              <div className={classes.list}>
                {about && (
                  <p className={classes.about}>
                    {about.summary} <span className="faint">{about.signature_note}</span>
                  </p>
                )}
                <Rows
                  label="Event types"
                  rows={rows}
                  columns={COLUMNS}
                  rowId={nameOf}
                  hidden={open ? NARROW : NOTHING}
                  selected={at.type ?? null}
                  onSelect={(type) => change({ type }, at.type !== undefined)}
                  loading={platforms.isPending || types.isPending}
                  empty={
                    at.q ? (
                      <Empty icon={IconLayoutGrid} title={`No event type matches “${at.q}”`}>
                        The search covers names, titles and descriptions in the catalogue selected on the
                        left.
                      </Empty>
                    ) : (
                      <Empty icon={IconLayoutGrid} title="No events yet">
                        Every event type received or published on this machine appears here, with its count
                        and the time of the last event.
                      </Empty>
                    )
                  }
                />
              </div>
            }
            right={
              open && (
                <TypeDetail
                  key={open.name}
                  line={open}
                  tab={at.tab}
                  onTab={(tab) => change({ tab: tab === "sample" ? undefined : tab }, true)}
                  onClose={close}
                />
              )
            }
          />
        </div>
      </div>
    </Page>
  );
}
