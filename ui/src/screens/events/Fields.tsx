// The inferred schema of an event type, and its schema alerts.

import { Button } from "@mantine/core";
import { IconTable } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import type { FieldView } from "~/api/types";
import { useCall } from "~/data";
import { Empty, ProblemBox, Time } from "~/parts";
import { count, plural } from "~/parts/format";
import classes from "./events.module.css";

export function Fields({ type }: { type: string }) {
  const { data, error } = useCall("event_schema", { event_type: type });
  const alerts = useCall("alerts", { state: "all", event_type: type, limit: 5 });
  if (error) return <ProblemBox problem={error} />;
  if (data === undefined) return null;
  if (data === null) {
    return (
      <Empty icon={IconTable} title="No events of this type yet">
        The fields of received events appear here, with their data types and when they were first seen.
      </Empty>
    );
  }
  return (
    <div className="stack">
      <p className="dim">
        Inferred from {plural(data.events, "event")}
        {data.learning && "; alerts start after 20 events"}
        {data.full && "; some fields are omitted"}.
      </p>
      {alerts.data?.items.map((alert) => (
        <p key={alert.id}>
          <Time at={alert.at} />: {alert.summary}{" "}
          <Link to="/alerts" search={{ open: alert.id, state: "all" }}>
            View alert
          </Link>
        </p>
      ))}
      <table className={classes.fields}>
        <thead>
          <tr>
            <th scope="col">Field</th>
            <th scope="col">Type</th>
            <th scope="col">Events</th>
            <th scope="col">First seen</th>
            <th scope="col">Last seen</th>
          </tr>
        </thead>
        <tbody>
          {data.fields.map((field) => (
            <Field key={field.path} field={field} of={data.events} />
          ))}
        </tbody>
      </table>
      <div className="line">
        <Button
          size="xs"
          renderRoot={(props) => <Link {...props} to="/live" search={{ event_type: type }} />}
        >
          View events
        </Button>
      </div>
    </div>
  );
}

function Field({ field, of }: { field: FieldView; of: number }) {
  return (
    <tr>
      <th scope="row">
        <code className="mono">{field.path}</code>
      </th>
      <td>{field.kinds.join(", ")}</td>
      <td className="num">{field.count === of ? "all" : count(field.count)}</td>
      <td>
        <Time at={field.first_at} />
      </td>
      <td>
        <Time at={field.last_at} />
      </td>
    </tr>
  );
}
