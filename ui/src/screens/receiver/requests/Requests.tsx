// What came to a source, newest first.

import { SegmentedControl } from "@mantine/core";
import { IconCheck, IconCopy, IconInbox, IconX, type TablerIcon } from "@tabler/icons-react";
import { useMemo } from "react";
import type { Problem } from "~/api";
import type { ReceivedView } from "~/api/types";
import { type Column, Empty, Pill, Rows, Time } from "~/parts";
import { count } from "~/parts/format";
import classes from "../receiver.module.css";
import type { ReceiverSearch } from "../search";
import { FATES, type Fate, fateOf, reason, withKeys } from "./requests";

export const FATE_ICONS: Record<Fate, TablerIcon> = {
  accepted: IconCheck,
  duplicate: IconCopy,
  refused: IconX,
};

type Row = { key: string; request: ReceivedView };

const COLUMNS: readonly Column<Row>[] = [
  {
    id: "fate",
    header: <span className="hidden">Answer</span>,
    width: "26px",
    cell: ({ request }) => {
      const fate = fateOf(request);
      return <Pill tone={FATES[fate].tone} icon={FATE_ICONS[fate]} bare label={FATES[fate].word} />;
    },
  },
  {
    id: "at",
    header: "Time",
    width: "92px",
    cell: ({ request }) => (
      <span className="num dim">
        <Time at={request.at} form="absolute" />
      </span>
    ),
  },
  {
    id: "what",
    header: "What came",
    width: "minmax(120px, 1fr)",
    cell: ({ request }) =>
      fateOf(request) === "refused" ? (
        reason(request)
      ) : (
        <>
          {request.event_type ?? "Unknown type"} <span className="faint">{request.event_id}</span>
        </>
      ),
  },
  {
    id: "status",
    header: "Answer",
    width: "56px",
    align: "end",
    cell: ({ request }) => <span className="mono">{request.status}</span>,
  },
];

const keyOf = (row: Row) => row.key;
const NONE: readonly ReceivedView[] = [];

export interface RequestsProps {
  requests: readonly ReceivedView[] | undefined;
  error: Problem | null;
  show: ReceiverSearch["show"];
  onShow: (show: ReceiverSearch["show"]) => void;
  selected: string | null;
  onSelect: (key: string) => void;
}

export function Requests({ requests = NONE, error, show, onShow, selected, onSelect }: RequestsProps) {
  const all = useMemo(() => withKeys(requests), [requests]);
  const refused = all.filter(({ request }) => fateOf(request) === "refused").length;
  const rows = useMemo(
    () =>
      show === undefined
        ? all
        : all.filter(({ request }) => (fateOf(request) === "refused") === (show === "refused")),
    [all, show],
  );
  return (
    <div className={classes.requests}>
      <div className={classes.bar}>
        <SegmentedControl
          size="xs"
          aria-label="Which requests"
          value={show ?? "all"}
          onChange={(value) => onShow(value === "all" ? undefined : (value as ReceiverSearch["show"]))}
          data={[
            { value: "all", label: `All ${count(all.length)}` },
            { value: "taken", label: `Taken ${count(all.length - refused)}` },
            { value: "refused", label: `Refused ${count(refused)}` },
          ]}
        />
        {all.length >= 50 && <span className="faint">the last 50</span>}
      </div>
      <Rows
        label="Requests"
        rows={rows}
        columns={COLUMNS}
        rowId={keyOf}
        selected={selected}
        onSelect={onSelect}
        error={error}
        empty={
          <Empty icon={IconInbox} title={show === undefined ? "Nothing came in yet" : "None of these"}>
            {show === undefined
              ? "Every request to this source appears here, taken or refused, with the reason. Send the example on the right to see one."
              : "The other requests are hidden by the choice above."}
          </Empty>
        }
      />
    </div>
  );
}
