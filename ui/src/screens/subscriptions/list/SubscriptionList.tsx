// The list of subscriptions, with one open beside it.

import { Button } from "@mantine/core";
import { IconCloud, IconShare, IconX } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useMemo } from "react";
import type { SubscriptionLine } from "~/api/types";
import { useShortcuts } from "~/keys";
import { type Column, Empty, Key, Page, Rows, Split, Time, Tries } from "~/parts";
import { count } from "~/parts/format";
import { RemoteDetail } from "../detail/RemoteDetail";
import { Detail } from "../detail/SubscriptionDetail";
import { routeApi } from "../search";
import { hostOf } from "../url";
import { filtered } from "./filter";
import { LineLight, RemotePill } from "./StatusCell";

const COLUMNS: readonly Column<SubscriptionLine>[] = [
  {
    id: "light",
    header: <span className="hidden">State</span>,
    width: "24px",
    cell: (line) => <LineLight line={line} />,
  },
  {
    id: "name",
    header: "Name",
    width: "minmax(110px, 1.2fr)",
    cell: (line) => <b>{line.name || hostOf(line.url)}</b>,
  },
  {
    id: "runs",
    header: "Runs",
    width: "minmax(96px, 0.8fr)",
    cell: (line) => <Runs line={line} />,
  },
  {
    id: "where",
    header: "Goes to",
    width: "minmax(110px, 1.2fr)",
    cell: (line) => <span title={line.url}>{hostOf(line.url)}</span>,
  },
  {
    id: "told",
    header: "Is told",
    width: "minmax(140px, 2fr)",
    cell: (line) => (
      <span className="dim" title={line.events.join(", ")}>
        {line.health.told}
      </span>
    ),
  },
  {
    id: "hour",
    header: "Last hour",
    width: "150px",
    cell: (line) => (line.remote ? <RemotePill remote={line.remote} /> : <Tries tries={line.health.tries} />),
  },
  {
    id: "success",
    header: "Last success",
    width: "92px",
    cell: (line) => (
      <span className="dim">
        <Time at={line.health.last_success_at} />
      </span>
    ),
  },
  {
    id: "waiting",
    header: "Waiting",
    width: "64px",
    align: "end",
    cell: (line) => (line.health.waiting > 0 ? count(line.health.waiting) : <span className="faint">–</span>),
  },
];
/** What gives way when one is open beside the list. */
const NARROW = ["told", "where", "success"];
const NONE: readonly string[] = [];
const rowId = (line: SubscriptionLine) => line.id;

/** Where it runs. */
function Runs({ line }: { line: SubscriptionLine }) {
  if (!line.remote) return <span className="dim">This machine</span>;
  return (
    <span title={`${line.remote.brand_name}: the platform sends`}>
      <IconCloud size={14} stroke={1.6} aria-hidden="true" style={{ verticalAlign: "-2px" }} />{" "}
      {line.remote.brand_name}
    </span>
  );
}

export function List({ lines }: { lines: readonly SubscriptionLine[] }) {
  const search = routeApi.useSearch();
  const navigate = routeApi.useNavigate();
  const rows = useMemo(
    () => filtered(lines, search.q ?? "", search.health === "failing"),
    [lines, search.q, search.health],
  );
  const open = lines.find((line) => line.id === search.id);
  const select = (id: string | undefined) =>
    void navigate({ search: (was) => ({ ...was, id }), replace: id !== undefined && open !== undefined });
  useShortcuts("Subscriptions", [
    { keys: "n", label: "New subscription", run: () => void navigate({ search: { do: "new" } }) },
    { keys: "Escape", label: "Close", enabled: search.id !== undefined, run: () => select(undefined) },
  ]);
  const gone = search.id !== undefined && !open;
  return (
    <Page
      title="Subscriptions"
      search={{
        value: search.q ?? "",
        onChange: (q) => void navigate({ search: (was) => ({ ...was, q: q || undefined }), replace: true }),
        placeholder: "names, hosts, events",
      }}
      filters={
        search.health && (
          <Button
            rightSection={<IconX size={13} aria-hidden="true" />}
            aria-label="Show all, not only failing ones"
            onClick={() => void navigate({ search: (was) => ({ ...was, health: undefined }) })}
          >
            Failing only
          </Button>
        )
      }
      actions={
        <Button
          variant="filled"
          rightSection={<Key keys="n" />}
          renderRoot={(props) => <Link {...props} to="/subscriptions" search={{ do: "new" }} />}
        >
          New subscription
        </Button>
      }
    >
      <Split
        id="subscriptions"
        label="Subscription"
        width={480}
        left={
          <Rows
            label="Subscriptions"
            rows={rows}
            columns={COLUMNS}
            hidden={search.id === undefined ? NONE : NARROW}
            rowId={rowId}
            height={36}
            selected={search.id ?? null}
            onSelect={select}
            empty={<Nothing any={lines.length > 0} failing={search.health === "failing"} />}
          />
        }
        right={
          gone ? (
            <Empty title="This subscription does not exist any more">
              It was deleted. Its deliveries stay in the log.
            </Empty>
          ) : (
            open &&
            (open.remote ? (
              <RemoteDetail
                key={open.id}
                line={open}
                remote={open.remote}
                onClose={() => select(undefined)}
              />
            ) : (
              <Detail key={open.id} line={open} onClose={() => select(undefined)} />
            ))
          )
        }
      />
    </Page>
  );
}

function Nothing({ any, failing }: { any: boolean; failing: boolean }) {
  if (!any) {
    return (
      <Empty
        icon={IconShare}
        title="No subscriptions yet"
        action={
          <Button
            variant="filled"
            renderRoot={(props) => <Link {...props} to="/subscriptions" search={{ do: "new" }} />}
          >
            Create a subscription
          </Button>
        }
      >
        Each one tells an endpoint of yours about the events you choose: a CRM, a warehouse, a chat.
      </Empty>
    );
  }
  return (
    <Empty
      title={failing ? "None of them fails" : "Nothing matches"}
      action={
        <Button renderRoot={(props) => <Link {...props} to="/subscriptions" search={{}} />}>Show all</Button>
      }
    >
      {failing
        ? "Every subscription that sends gets through, or is still being tried again."
        : "No name, host or event contains this."}
    </Empty>
  );
}
