// The requests that a source received, newest first.

import { SegmentedControl } from "@mantine/core";
import { IconCheck, IconCopy, IconInbox, IconX, type TablerIcon } from "@tabler/icons-react";
import { useMemo } from "react";
import type { Problem } from "~/api";
import type { ReceivedView } from "~/api/types";
import { type Column, Empty, Pill, Rows, Time } from "~/parts";
import { count } from "~/parts/format";
import classes from "../receiver.module.css";
import type { ReceiverSearch } from "../search";
import { RESULTS, type RequestResult, reason, resultOf, withKeys } from "./requests";

export const RESULT_ICONS: Record<RequestResult, TablerIcon> = {
  accepted: IconCheck,
  duplicate: IconCopy,
  rejected: IconX,
};

type Row = { key: string; request: ReceivedView };

const COLUMNS: readonly Column<Row>[] = [
  {
    id: "result",
    header: <span className="hidden">Result</span>,
    width: "26px",
    cell: ({ request }) => {
      const result = resultOf(request);
      return (
        <Pill tone={RESULTS[result].tone} icon={RESULT_ICONS[result]} bare label={RESULTS[result].word} />
      );
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
    header: "Request",
    width: "minmax(120px, 1fr)",
    cell: ({ request }) =>
      resultOf(request) === "rejected" ? (
        reason(request)
      ) : (
        <>
          {request.event_type ?? "Unknown type"} <span className="faint">{request.event_id}</span>
        </>
      ),
  },
  {
    id: "status",
    header: "Status",
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
  const rejected = all.filter(({ request }) => resultOf(request) === "rejected").length;
  const rows = useMemo(
    () =>
      show === undefined
        ? all
        : all.filter(({ request }) => (resultOf(request) === "rejected") === (show === "rejected")),
    [all, show],
  );
  return (
    <div className={classes.requests}>
      <div className={classes.bar}>
        <SegmentedControl
          size="xs"
          aria-label="Filter requests"
          value={show ?? "all"}
          onChange={(value) => onShow(value === "all" ? undefined : (value as ReceiverSearch["show"]))}
          data={[
            { value: "all", label: `All ${count(all.length)}` },
            { value: "accepted", label: `Accepted ${count(all.length - rejected)}` },
            { value: "rejected", label: `Rejected ${count(rejected)}` },
          ]}
        />
        {all.length >= 50 && <span className="faint">last 50</span>}
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
          <Empty icon={IconInbox} title={show === undefined ? "No requests yet" : "No matching requests"}>
            {show === undefined
              ? "Every request to this source appears here, accepted or rejected, with the reason. To see one, send the example on the right."
              : "The filter above hides the other requests."}
          </Empty>
        }
      />
    </div>
  );
}
