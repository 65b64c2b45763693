// The list of subscriptions, with one open beside it.

import { Button } from "@mantine/core";
import { IconCloud, IconShare, IconX } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useMemo } from "react";
import type { SubscriptionLine } from "~/api/types";
import { useShortcuts } from "~/keys";
import { AttemptsSparkline, type Column, Empty, Key, Page, Rows, Split, Time } from "~/parts";
import { count } from "~/parts/format";
import { RemoteDetail } from "../detail/RemoteDetail";
import { SubscriptionDetail } from "../detail/SubscriptionDetail";
import { routeApi } from "../search";
import { hostOf } from "../url";
import { filtered } from "./filter";
import { RemoteStatus, StatusIcon } from "./StatusCell";

const COLUMNS: readonly Column<SubscriptionLine>[] = [
  {
    id: "light",
    header: <span className="hidden">State</span>,
    width: "24px",
    cell: (line) => <StatusIcon line={line} />,
  },
  {
    id: "name",
    header: "Name",
    width: "minmax(110px, 1.2fr)",
    cell: (line) => <b>{line.name || hostOf(line.url)}</b>,
  },
  {
    id: "sender",
    header: "Sender",
    width: "minmax(96px, 0.8fr)",
    cell: (line) => <Sender line={line} />,
  },
  {
    id: "endpoint",
    header: "Endpoint",
    width: "minmax(110px, 1.2fr)",
    cell: (line) => <span title={line.url}>{hostOf(line.url)}</span>,
  },
  {
    id: "events",
    header: "Event types",
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
    cell: (line) =>
      line.remote ? (
        <RemoteStatus remote={line.remote} />
      ) : (
        <AttemptsSparkline attempts={line.health.tries} />
      ),
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
/** The columns that are hidden while the panel is open. */
const NARROW = ["events", "endpoint", "success"];
const NONE: readonly string[] = [];
const rowId = (line: SubscriptionLine) => line.id;

/** Who sends: this machine or a platform. */
function Sender({ line }: { line: SubscriptionLine }) {
  if (!line.remote) return <span className="dim">This machine</span>;
  return (
    <span title={`Sent by the platform (${line.remote.brand_name})`}>
      <IconCloud size={14} stroke={1.6} aria-hidden="true" style={{ verticalAlign: "-2px" }} />{" "}
      {line.remote.brand_name}
    </span>
  );
}

export function SubscriptionList({ lines }: { lines: readonly SubscriptionLine[] }) {
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
        placeholder: "names, hosts, event types",
      }}
      filters={
        search.health && (
          <Button
            rightSection={<IconX size={13} aria-hidden="true" />}
            aria-label="Show all subscriptions"
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
            <Empty title="This subscription no longer exists">
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
              <SubscriptionDetail key={open.id} line={open} onClose={() => select(undefined)} />
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
        A subscription sends the events you choose to your endpoint: a CRM, a data warehouse, a chat.
      </Empty>
    );
  }
  return (
    <Empty
      title={failing ? "No failing subscriptions" : "No subscriptions match"}
      action={
        <Button renderRoot={(props) => <Link {...props} to="/subscriptions" search={{}} />}>Show all</Button>
      }
    >
      {failing
        ? "All active subscriptions are healthy or retrying."
        : "The search covers names, hosts and event types."}
    </Empty>
  );
}
