// Every subscription: its health, what it does, and a test.

import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { SubscriptionLine } from "~/api/types";
import { useAct } from "~/data";
import { AttemptsSparkline, Empty, ProblemBox, Time } from "~/parts";
import { percent, plural } from "~/parts/format";
import { RemoteStatus, StatusIcon } from "~/screens/subscriptions/list/StatusCell";
import { useTestDialog } from "~/screens/subscriptions/test-event/TestResponse";
import { hostOf } from "~/screens/subscriptions/url";
import css from "./home.module.css";
import { does } from "./sentences";

/** How many are shown; the rest are on the Subscriptions screen. */
const MOST = 40;

export function SubscriptionTable({ lines }: { lines: readonly SubscriptionLine[] }) {
  const test = useTestDialog(hostOf);
  const enable = useAct("subscription_edit", { done: ({ name }) => `${name} is enabled.` });
  const off = lines.filter((line) => line.health.light === "off").length;
  return (
    <>
      <div className={css.caption}>
        <h2>Subscriptions</h2>
        <Link to="/subscriptions" className="dim">
          {plural(lines.length, "subscription")}
          {off > 0 && `, ${off} disabled`}
        </Link>
      </div>
      {enable.error && <ProblemBox problem={enable.error} />}
      <div className={css.table}>
        {lines.length === 0 ? (
          <Empty
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
            A subscription sends the events you choose to your endpoint. Its health appears here.
          </Empty>
        ) : (
          <table>
            <colgroup>
              <col style={{ width: 46 }} />
              <col style={{ width: "18%" }} />
              <col />
              <col style={{ width: 164 }} />
              <col style={{ width: 84 }} />
              <col style={{ width: 104 }} />
              <col style={{ width: 92 }} />
            </colgroup>
            <thead>
              <tr>
                <th scope="col">
                  <span className="hidden">State</span>
                </th>
                <th scope="col">Name</th>
                <th scope="col">Description</th>
                <th scope="col">Last hour</th>
                <th scope="col" title="Success rate over the last hour">
                  Delivered
                </th>
                <th scope="col">Last success</th>
                <th scope="col">
                  <span className="hidden">Actions</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {lines.slice(0, MOST).map((line) => (
                <Row
                  key={line.id}
                  line={line}
                  onTest={() => test.ask(line)}
                  onEnable={() => enable.mutate({ id: line.id, change: { enabled: true } })}
                  busy={enable.isPending && enable.variables.id === line.id}
                />
              ))}
            </tbody>
          </table>
        )}
      </div>
      {lines.length > MOST && (
        <Link to="/subscriptions">Show all {plural(lines.length, "subscription")}</Link>
      )}
      {test.dialog}
    </>
  );
}

interface RowProps {
  line: SubscriptionLine;
  onTest: () => void;
  onEnable: () => void;
  busy: boolean;
}

function Row({ line, onTest, onEnable, busy }: RowProps) {
  const { id, name, url, enabled, health } = line;
  const what = does(line, hostOf(url));
  const title = name || hostOf(url);
  return (
    <tr>
      <td>
        <StatusIcon line={line} />
      </td>
      <td>
        <Link to="/subscriptions" search={{ id }} className={css.name} title={title}>
          {title}
        </Link>
      </td>
      <td className="dim" title={what}>
        {what}
      </td>
      <td>
        {line.remote ? <RemoteStatus remote={line.remote} /> : <AttemptsSparkline attempts={health.tries} />}
      </td>
      <td>
        {health.success_rate === null ? (
          <span className="faint">–</span>
        ) : (
          <Link
            to="/deliveries"
            search={{ subscription: [id], range: "1h" }}
            className={css.rate}
            data-bad={health.success_rate < 0.95 || undefined}
          >
            {percent(health.success_rate)}
          </Link>
        )}
      </td>
      <td className="dim">
        <Time at={health.last_success_at} />
      </td>
      <td>
        {line.remote ? (
          <Button
            size="xs"
            variant="subtle"
            color="gray"
            renderRoot={(props) => <Link {...props} to="/subscriptions" search={{ id }} />}
            aria-label={`Open ${title}`}
          >
            Open
          </Button>
        ) : enabled ? (
          <Button size="xs" variant="subtle" color="gray" onClick={onTest} aria-label={`Test ${title}`}>
            Test
          </Button>
        ) : (
          <Button
            size="xs"
            variant="subtle"
            color="gray"
            loading={busy}
            onClick={onEnable}
            aria-label={`Enable ${title}`}
          >
            Enable
          </Button>
        )}
      </td>
    </tr>
  );
}
