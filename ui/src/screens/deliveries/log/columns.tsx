// The columns of the log.

import type { DeliveryLine } from "~/api/types";
import { type Column, StateBadge, stateLabel, useNow } from "~/parts";
import { local, relative, utc } from "~/parts/format";
import { aboutWords } from "~/parts/format/money";
import styles from "../deliveries.module.css";
import { responseLabel } from "../labels";

/** A line; `gone` where it no longer matches the filters. */
export type Line = DeliveryLine & { gone?: true };

const when = (line: Line, days: boolean) => {
  const at = Date.parse(line.created_at);
  // Within a day, the time is enough.
  return (
    <time className="dim" dateTime={line.created_at} title={`${local(at, 0)}\n${utc(at)} UTC`}>
      {local(at, days ? Date.now() : at)}
    </time>
  );
};

function Next({ at }: { at: number }) {
  const words = useNow((now) => (at <= now ? "due now" : relative(at, now)));
  return (
    <span className="dim" title={`${utc(at)} UTC`}>
      {words}
    </span>
  );
}

/** The columns. With `days`, times name the day too. */
export function columnsOf(title: (type: string) => string, days: boolean): readonly Column<Line>[] {
  return [
    {
      id: "state",
      header: <span className="hidden">State</span>,
      width: "22px",
      cell: (line) => (
        <StateBadge state={line.state} attempts={line.attempt_count} held={line.held !== undefined} bare />
      ),
    },
    { id: "time", header: "Time", width: days ? "104px" : "62px", cell: (line) => when(line, days) },
    {
      id: "event",
      header: "Event",
      width: "minmax(0, 3fr)",
      cell: (line) => (
        <span
          className={line.gone && styles.gone}
          title={
            line.gone && `${stateLabel(line.state, line.attempt_count).word}; no longer matches the filters`
          }
        >
          {title(line.event_type)} <span className="faint">{aboutWords(line.about)}</span>
          {line.test && <span className="faint"> · test</span>}
        </span>
      ),
    },
    {
      id: "subscription",
      header: "Subscription",
      width: "minmax(0, 1.4fr)",
      cell: (line) => <span className="dim">{line.subscription_name}</span>,
    },
    {
      id: "next",
      header: "Next retry",
      width: "92px",
      cell: (line) =>
        line.next_attempt_at && line.held === undefined && <Next at={Date.parse(line.next_attempt_at)} />,
    },
    {
      id: "answer",
      header: "Response",
      width: "72px",
      cell: (line) => <span className="mono dim">{responseLabel(line)}</span>,
    },
    {
      id: "attempts",
      header: <span title="Attempts">#</span>,
      width: "24px",
      align: "end",
      cell: (line) => <span className="dim num">{line.attempt_count}</span>,
    },
  ];
}

/** Columns that are hidden while the panel is open. */
export const WIDE = ["subscription", "next"];
