// The outage forecast: which waiting deliveries are lost if the endpoint stays down.

import { SegmentedControl } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import type { OutageDelivery, SubscriptionLine } from "~/api/types";
import { useCall } from "~/data";
import { ProblemBox, Time } from "~/parts";
import { plural, toTheMinute } from "~/parts/format";
import { useEventTitles } from "~/parts/format/eventTitles";
import { shortId } from "~/screens/deliveries/labels";
import css from "../subscriptions.module.css";

const SPANS = [
  { value: "+30m", label: "30 min" },
  { value: "+2h", label: "2 h" },
  { value: "+12h", label: "12 h" },
  { value: "+1d", label: "1 d" },
  { value: "+3d", label: "3 d" },
];
/** How many lost deliveries are listed. */
const NAMED = 8;

export function Outage({ line }: { line: SubscriptionLine }) {
  const [span, setSpan] = useState("+2h");
  const waits = line.health.waiting > 0;
  const { data, error } = useCall(
    "outage",
    { subscription: line.id, down_until: span },
    { enabled: waits && line.where === "machine" },
  );
  if (!waits || line.where !== "machine") return null;
  const [found] = data?.items ?? [];
  const until = data ? toTheMinute(Date.parse(data.down_until), Date.parse(data.now)) : "";
  const lost = found?.deliveries.filter(({ fate }) => fate === "lost") ?? [];
  return (
    <div className={css.section}>
      <h3>
        <span className="grow">Outage forecast</span>
        <SegmentedControl size="xs" aria-label="Outage length" value={span} onChange={setSpan} data={SPANS} />
      </h3>
      {error && <ProblemBox problem={error} />}
      {data && found && (
        <>
          <p>
            {found.lost === 0 ? (
              <>
                If your endpoint is down until {until}, none of the{" "}
                {plural(found.waiting, "waiting delivery", "waiting deliveries")} is lost.
              </>
            ) : (
              <b>
                If your endpoint is down until {until},{" "}
                {found.lost === 1 ? "this 1 event is" : `these ${found.lost} events are`} lost.
              </b>
            )}{" "}
            {found.held
              ? "Sending is on hold, so no attempts are used up."
              : found.spared > 0 &&
                `${plural(found.spared, "more delivery is", "more deliveries are")} safe, because sending stops after ten consecutive failures.`}
          </p>
          {lost.length > 0 && (
            <ul className={css.lost}>
              {lost.slice(0, NAMED).map((delivery) => (
                <Lost key={delivery.id} delivery={delivery} />
              ))}
            </ul>
          )}
          {found.lost > NAMED && <p className="faint">And {found.lost - NAMED} more.</p>}
        </>
      )}
    </div>
  );
}

function Lost({ delivery }: { delivery: OutageDelivery }) {
  const title = useEventTitles();
  return (
    <li>
      <Link to="/deliveries" search={{ open: delivery.id, range: "all" }}>
        {title(delivery.event_type)} <span className="mono faint">{shortId(delivery.event)}</span>
      </Link>
      <span className="dim">
        last attempt <Time at={delivery.at} />
      </span>
    </li>
  );
}
