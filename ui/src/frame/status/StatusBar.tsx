// The status bar: the dispatcher's state and live metrics; each number links to what it counts.

import { Link, useNavigate } from "@tanstack/react-router";
import type { LiveMetricsView, Problem, StatusView } from "~/api";
import { useAct } from "~/data";
import { useNow } from "~/parts";
import { count, moment, plural, rate, relative } from "~/parts/format";
import frame from "../frame.module.css";
import { bareAddress, dispatcherStatus } from "./dispatcherStatus";

export function StatusBar({ status, error }: { status: StatusView | undefined; error: Problem | null }) {
  return (
    <footer className={frame.statusBar}>
      {error ? <NoResponse error={error} /> : status && <State status={status} />}
      {status?.pulse && <Pulse pulse={status.pulse} />}
      {status?.receiver && <Link to="/receiver">Receiver {bareAddress(status.receiver)}</Link>}
      <span className={frame.right} />
      {status && status.notes.length > 0 && (
        <span className="ellipsis" title={status.notes.join("\n")}>
          {status.notes[0]}
        </span>
      )}
      {status?.pulse && status.pulse.alerts > 0 && (
        <Link to="/alerts" className={frame.alerts} title="Open alerts">
          {plural(status.pulse.alerts, "alert")}
        </Link>
      )}
      {status?.pulse && status.pulse.failing > 0 && (
        <Link to="/subscriptions" search={{ health: "failing" }} className={frame.failing}>
          {plural(status.pulse.failing, "subscription")} failing
        </Link>
      )}
      {status?.workspace === "demo" && <LeaveDemo />}
    </footer>
  );
}

function NoResponse({ error }: { error: Problem }) {
  return (
    <span className={frame.state} role="status" title={`${error.message} ${error.hint ?? ""}`}>
      <Dot tone="fail" />
      No response
    </span>
  );
}

function State({ status }: { status: StatusView }) {
  const { word, sentence, tone } = dispatcherStatus(status);
  return (
    <span className={frame.state} role="status" title={sentence}>
      <Dot tone={tone} />
      {word}
      {status.state === "viewing" && status.holder && (
        <span className="faint">
          {status.holder.what} (process {status.holder.pid}) is dispatching
        </span>
      )}
    </span>
  );
}

function Dot({ tone }: { tone: string }) {
  return (
    <span
      className={frame.dot}
      style={{ "--tone": `var(--${tone})` } as React.CSSProperties}
      aria-hidden="true"
    />
  );
}

function Pulse({ pulse }: { pulse: LiveMetricsView }) {
  const queue = pulse.waiting + pulse.in_flight;
  const next = moment(pulse.next_at);
  const due = useNow((now) => (next === undefined ? "" : `, next retry ${relative(next, now)}`));
  const what = `${count(pulse.waiting)} waiting${due}; ${count(pulse.in_flight)} in flight`;
  return (
    <>
      <Link to="/deliveries" search={{ state: ["waiting", "retrying", "held", "in_flight"] }} title={what}>
        Queue {count(queue)}
      </Link>
      <Link to="/live" title="Attempts per second over the last ten seconds">
        {rate(pulse.attempts_per_s)} deliveries/s
      </Link>
    </>
  );
}

function LeaveDemo() {
  const navigate = useNavigate();
  const leave = useAct("leave_demo", {
    done: "The demo has ended. You are back in your own data.",
    // The open screen belongs to the demo.
    after: () => void navigate({ to: "/" }),
  });
  return (
    <button
      type="button"
      className={frame.leave}
      disabled={leave.isPending}
      title={leave.error?.message}
      onClick={() => leave.mutate(null)}
    >
      {leave.error ? "Could not leave the demo; try again" : "Leave the demo"}
    </button>
  );
}
