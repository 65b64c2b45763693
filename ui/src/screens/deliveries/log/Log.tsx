// The list of deliveries.

import { Button } from "@mantine/core";
import { IconFilterOff, IconListSearch, IconMenu2 } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import { Empty, Rows } from "~/parts";
import { useEventTitles } from "~/parts/format/eventTitles";
import { useTail } from "~/parts/list/useTail";
import { cleared, type DeliveriesSearch, narrowed, queryOf, RANGES } from "../search";
import { columnsOf, type Line, WIDE } from "./columns";

const idOf = (line: Line) => line.id;
const NOTHING: readonly string[] = [];

export interface LogProps {
  search: DeliveriesSearch;
  onSearch: (search: DeliveriesSearch) => void;
  onOpen: (id: string) => void;
}

export function Log({ search, onSearch, onOpen }: LogProps) {
  const title = useEventTitles();
  const { range = "24h", open } = search;
  const [over, setOver] = useState(false);
  const query = queryOf(search);
  const tail = useTail("deliveries", {
    key: JSON.stringify(query),
    input: (cursor, limit) => ({ ...query, limit, ...(cursor === null ? {} : { cursor }) }),
    id: idOf,
    keepGone: over || open !== undefined,
  });
  const { gone } = tail;
  const rows = useMemo(
    () =>
      gone.size === 0
        ? tail.rows
        : tail.rows.map((row): Line => (gone.has(row.id) ? { ...row, gone: true } : row)),
    [tail.rows, gone],
  );
  const days = range === "7d" || range === "all";
  const columns = useMemo(() => columnsOf(title, days), [title, days]);
  return (
    <div
      style={{ display: "contents" }}
      onPointerEnter={() => setOver(true)}
      onPointerLeave={() => setOver(false)}
    >
      <Rows<Line>
        key={tail.key}
        label="Deliveries"
        rows={rows}
        columns={columns}
        rowId={idOf}
        hidden={open === undefined ? NOTHING : WIDE}
        selected={open ?? null}
        onSelect={onOpen}
        onOpen={onOpen}
        onSee={tail.see}
        hasMore={tail.hasMore}
        more={tail.more}
        loading={tail.loading}
        error={tail.error}
        empty={<Nothing search={search} onSearch={onSearch} />}
      />
    </div>
  );
}

function Nothing({ search, onSearch }: Pick<LogProps, "search" | "onSearch">) {
  if (narrowed(search)) {
    return (
      <Empty
        title="No deliveries match these filters"
        icon={IconFilterOff}
        action={<Button onClick={() => onSearch(cleared(search))}>Clear filters</Button>}
      >
        Change or clear the filters to see more deliveries.
      </Empty>
    );
  }
  if (search.range !== "all") {
    const { name } = RANGES[search.range ?? "24h"];
    return (
      <Empty
        title={`No deliveries in the ${name.toLowerCase()}`}
        icon={IconListSearch}
        action={<Button onClick={() => onSearch({ ...search, range: "all" })}>Show all time</Button>}
      >
        Every event sent to a subscription is listed here, with each attempt and its response.
      </Empty>
    );
  }
  return (
    <Empty
      title="No deliveries yet"
      icon={IconMenu2}
      action={
        <Button variant="filled" renderRoot={(props) => <Link {...props} to="/subscriptions" />}>
          Create a subscription
        </Button>
      }
    >
      Every event sent to a subscription is listed here, with each attempt and its response.
    </Empty>
  );
}
