// Sends a sample as a new event, and shows its deliveries.

import { Button } from "@mantine/core";
import { IconPlus, IconSend } from "@tabler/icons-react";
import { Link, useNavigate } from "@tanstack/react-router";
import type { Accepted } from "~/api/types";
import { useAct, useCall } from "~/data";
import { ProblemBox, StateBadge } from "~/parts";
import { plural } from "~/parts/format";
import { matchesAny } from "~/screens/subscriptions/patterns";
import type { Entry, Line } from "./catalogue";
import classes from "./events.module.css";
import { asEvent } from "./sample";

/** A delivery of the event, live. */
function EventDelivery({ id }: { id: string }) {
  const { data } = useCall("delivery", { id });
  return (
    <li>
      <Link to="/deliveries" search={{ open: id, range: "all" }} className={classes.delivery}>
        {data ? (
          <StateBadge state={data.state} attempts={data.attempt_count} held={data.held !== undefined} />
        ) : (
          <span className="faint">…</span>
        )}
        <span className="ellipsis grow">{data?.subscription_name || data?.url || id}</span>
        <span className="mono dim">{data?.status ?? data?.outcome ?? ""}</span>
      </Link>
    </li>
  );
}

function Outcome({ accepted }: { accepted: Accepted }) {
  const { deliveries, id, warnings } = accepted;
  return (
    <div className={`card ${classes.outcome}`} role="status">
      <div>
        Sent as <code className="mono">{id}</code>:{" "}
        {deliveries.length === 0
          ? "stored, but no subscription matches."
          : plural(deliveries.length, "delivery", "deliveries")}
      </div>
      {warnings?.map((warning) => (
        <p key={warning} className="dim">
          {warning}
        </p>
      ))}
      <ul>
        {deliveries.map((delivery) => (
          <EventDelivery key={delivery} id={delivery} />
        ))}
      </ul>
    </div>
  );
}

/** The matching subscriptions, in words. */
function receivers(names: readonly string[]): string {
  if (names.length === 0) return "No subscription matches, so the event would be stored but not sent.";
  const shown = names.slice(0, 3).join(", ");
  const more = names.length - 3;
  return `Sent to ${shown}${more > 0 ? ` and ${more} more` : ""} as a real webhook with a new id.`;
}

export function Send({ line, entry }: { line: Line; entry: Entry | undefined }) {
  const send = useAct("event_send");
  const { data: subscriptions } = useCall("subscriptions", null);
  const json = entry ? asEvent(line.name, entry.event.sample) : null;
  const matching = (subscriptions ?? []).filter(
    (one) => one.enabled && one.brand == null && matchesAny(one.events, line.name),
  );
  const navigate = useNavigate();
  const subscribe = () =>
    void navigate({
      to: "/subscriptions",
      search: { do: "new", event: line.name, platform: entry?.platform.name },
    });
  return (
    <div className={classes.send}>
      <div className="line">
        {json !== null && (
          <Button
            variant="filled"
            leftSection={<IconSend size={15} stroke={1.6} />}
            loading={send.isPending}
            onClick={() => send.mutate({ json })}
          >
            Send sample
          </Button>
        )}
        <Button leftSection={<IconPlus size={15} stroke={1.6} />} onClick={subscribe}>
          Subscribe
        </Button>
      </div>
      {json !== null && subscriptions && (
        <p className="dim">{receivers(matching.map((one) => one.name || one.url))}</p>
      )}
      {send.error && <ProblemBox problem={send.error} />}
      {send.data && <Outcome accepted={send.data} />}
    </div>
  );
}
