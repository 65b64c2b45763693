// Alerts: events whose fields changed, until somebody acknowledges them.

import { ActionIcon, Button, SegmentedControl } from "@mantine/core";
import { IconBell, IconBellCheck, IconCheck, IconX } from "@tabler/icons-react";
import { Link, useNavigate } from "@tanstack/react-router";
import type { AlertView } from "~/api/types";
import { useAct, usePages } from "~/data";
import { useShortcuts } from "~/keys";
import { type Column, DefinitionList, Empty, Page, Pill, ProblemBox, Rows, Split, Time } from "~/parts";
import { plural } from "~/parts/format";
import { useEventTitles } from "~/parts/format/eventTitles";
import classes from "./alerts.module.css";
import { KINDS } from "./drifts";
import { type AlertsSearch, routeApi, STATES } from "./search";

const idOf = (alert: AlertView) => alert.id;

const COLUMNS: readonly Column<AlertView>[] = [
  {
    id: "state",
    header: <span className="hidden">Severity</span>,
    width: "26px",
    cell: ({ acknowledged_at }) =>
      acknowledged_at === null ? (
        <Pill tone="retry" icon={IconBell} bare label="Open" />
      ) : (
        <Pill tone="skip" icon={IconCheck} bare label="Acknowledged" />
      ),
  },
  {
    id: "at",
    header: "Raised",
    width: "84px",
    cell: ({ at }) => (
      <span className="dim">
        <Time at={at} />
      </span>
    ),
  },
  { id: "summary", header: "Summary", width: "minmax(160px, 1fr)", cell: ({ summary }) => summary },
];

export function Alerts() {
  const at = routeApi.useSearch();
  const navigate = useNavigate({ from: "/alerts" });
  const go = (search: AlertsSearch, replace = false) => void navigate({ search, replace });
  const state = at.state ?? "open";
  const pages = usePages("alerts", state, (cursor) => ({
    state,
    limit: 100,
    ...(cursor === null ? {} : { cursor }),
  }));
  const acknowledge = useAct("acknowledge", {
    done: ({ acknowledged }) => `${plural(acknowledged, "alert")} acknowledged.`,
  });
  const open = pages.rows.find(({ id }) => id === at.open);
  const close = () => go({ ...at, open: undefined }, true);
  useShortcuts("Alerts", [
    { keys: "Escape", label: "Close the alert", enabled: open !== undefined, run: close },
  ]);
  return (
    <Page
      title="Alerts"
      subtitle="Events whose fields differ from earlier ones"
      filters={
        <SegmentedControl
          size="xs"
          aria-label="Filter alerts"
          value={state}
          onChange={(value) => {
            const chosen = STATES.find((each) => each === value);
            go({ state: chosen === "open" ? undefined : chosen });
          }}
          data={[
            { value: "open", label: "Open" },
            { value: "acknowledged", label: "Acknowledged" },
            { value: "all", label: "All" },
          ]}
        />
      }
      actions={
        state === "open" &&
        pages.rows.length > 0 && (
          <Button loading={acknowledge.isPending} onClick={() => acknowledge.mutate({ ids: null })}>
            Acknowledge all
          </Button>
        )
      }
    >
      {acknowledge.error && <ProblemBox problem={acknowledge.error} />}
      <Split
        id="alerts"
        label="Alert"
        width={480}
        left={
          <Rows<AlertView>
            label="Alerts"
            rows={pages.rows}
            columns={COLUMNS}
            rowId={idOf}
            selected={open?.id ?? null}
            onSelect={(id) => go({ ...at, open: id }, at.open !== undefined)}
            hasMore={pages.hasMore}
            more={pages.more}
            loading={pages.loading}
            error={pages.error}
            empty={
              <Empty
                icon={IconBellCheck}
                title={state === "open" ? "No open alerts" : "No alerts yet"}
                action={
                  <Button
                    renderRoot={(props) => <Link {...props} to="/events" search={{ platform: "seen" }} />}
                  >
                    View received event types
                  </Button>
                }
              >
                An alert is raised when an event differs from earlier events of its type: a new field, a
                missing field, or a field of another data type.
              </Empty>
            }
          />
        }
        right={
          open && (
            <Detail
              key={open.id}
              alert={open}
              busy={acknowledge.isPending}
              onAcknowledge={() => acknowledge.mutate({ ids: [open.id] })}
              onClose={close}
            />
          )
        }
      />
    </Page>
  );
}

function Detail({
  alert,
  busy,
  onAcknowledge,
  onClose,
}: {
  alert: AlertView;
  busy: boolean;
  onAcknowledge: () => void;
  onClose: () => void;
}) {
  const title = useEventTitles();
  const { drifts } = alert;
  return (
    <article className={classes.panel} aria-label={alert.summary}>
      <div className="line">
        <h2 className="grow ellipsis">{alert.event_type ? title(alert.event_type) : "Alert"}</h2>
        {alert.acknowledged_at === null && (
          <Button variant="filled" loading={busy} onClick={onAcknowledge}>
            Acknowledge
          </Button>
        )}
        <ActionIcon onClick={onClose} aria-label="Close the alert" title="Close (Esc)">
          <IconX size={16} stroke={1.6} />
        </ActionIcon>
      </div>
      <p>{alert.summary}</p>
      <DefinitionList
        items={[
          ["Raised", <Time key="at" at={alert.at} form="both" />],
          [
            "Acknowledged",
            alert.acknowledged_at && <Time key="acknowledged" at={alert.acknowledged_at} form="both" />,
          ],
          [
            "Event",
            alert.event && (
              <Link
                key="event"
                to="/live"
                search={{
                  open: alert.event,
                  of_source: alert.source ?? undefined,
                  of_brand: alert.source === null ? (alert.brand ?? undefined) : undefined,
                }}
              >
                <span className="mono">{alert.event}</span>
              </Link>
            ),
          ],
        ]}
      />
      {drifts.length > 0 && (
        <ul className={classes.drifts}>
          {drifts.map((drift) => (
            <li key={`${drift.kind} ${drift.path}`}>
              <Pill tone={KINDS[drift.kind].tone}>{KINDS[drift.kind].word}</Pill>
              <div>
                <code className="mono">{drift.path}</code>
                <p className="dim">{drift.told}</p>
              </div>
            </li>
          ))}
        </ul>
      )}
      <p className="faint">
        Raised once: the new fields are now part of the inferred schema. If your endpoint relies on these
        fields, check that it still works.
      </p>
      {alert.event_type && (
        <div className="line">
          <Button
            size="xs"
            renderRoot={(props) => (
              <Link {...props} to="/events" search={{ type: alert.event_type ?? undefined, tab: "fields" }} />
            )}
          >
            View fields
          </Button>
        </div>
      )}
    </article>
  );
}
