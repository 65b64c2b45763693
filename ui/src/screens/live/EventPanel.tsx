// One event: its body, its deliveries, and why it was sent or not.

import { ActionIcon, Button } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import type { DeliveryLine, EventDetail, EventOf, WhyView } from "~/api/types";
import { useBrandName } from "~/brand";
import { useCall } from "~/data";
import { useShortcuts } from "~/keys";
import { CopyButton, DefinitionList, ProblemBox, StateBadge, Time } from "~/parts";
import { toneStyle } from "~/parts/data-display/tone";
import { Findings } from "~/parts/diagnosis/Findings";
import { WhyExplanation, whyTone } from "~/parts/diagnosis/WhyExplanation";
import { bytes, plural } from "~/parts/format";
import { useEventTitles } from "~/parts/format/eventTitles";
import { bodyOf } from "~/screens/deliveries/attempt/body";
import { BodyView } from "~/screens/deliveries/attempt/Message";
import { responseLabel } from "~/screens/deliveries/labels";
import styles from "./live.module.css";

export function EventPanel({ of, onClose }: { of: EventOf; onClose: () => void }) {
  const { data, error } = useCall("event", of, { keep: false });
  const title = useEventTitles();
  useShortcuts("Live", [{ keys: "Escape", label: "Close the event", run: onClose }]);
  return (
    <div className={styles.panel}>
      <div className={styles.head}>
        <h2 title={data?.event}>{data ? title(data.event) : "Event"}</h2>
        <span className="mono faint ellipsis" title={of.id}>
          {of.id}
        </span>
        <CopyButton text={of.id} label="Copy event id" small />
        <span className="grow" />
        <ActionIcon onClick={onClose} aria-label="Close the event" title="Close (Esc)">
          <IconX size={16} stroke={1.6} />
        </ActionIcon>
      </div>
      {error && <ProblemBox problem={error} action={<Button onClick={onClose}>Back to the list</Button>} />}
      {data && <Facts event={data} of={of} />}
    </div>
  );
}

function Facts({ event, of }: { event: EventDetail; of: EventOf }) {
  const brandName = useBrandName();
  const deliveries = useCall("deliveries", { event: event.id, limit: 100 });
  const own = (deliveries.data?.items ?? []).filter(({ brand }) => brand === event.brand);
  const at = Date.parse(event.created_at) !== Date.parse(event.received_at);
  return (
    <>
      <DefinitionList
        items={[
          [
            "Type",
            <span key="type" className="mono">
              {event.event}
            </span>,
          ],
          ["Brand", brandName(event.brand)],
          [
            "Source",
            event.source && (
              <Link to="/receiver">
                <span className="mono">{event.source}</span>
              </Link>
            ),
          ],
          ["Received", <Time key="received" at={event.received_at} form="both" />],
          ["Occurred", at && <Time key="at" at={event.created_at} form="both" />],
          ["Size", bytes(event.bytes)],
          ["Test", event.test && "Yes"],
        ]}
      />
      <section>
        <h3>
          {event.deliveries === 0 ? "No deliveries" : plural(event.deliveries, "delivery", "deliveries")}
        </h3>
        {event.deliveries === 0 && (
          <p className="dim">No subscription matches, so the event was stored but not sent.</p>
        )}
        {deliveries.error && <ProblemBox problem={deliveries.error} />}
        {own.length > 0 && (
          <ul className={styles.deliveries}>
            {own.map((line) => (
              <li key={line.id}>
                <Delivery line={line} />
              </li>
            ))}
          </ul>
        )}
      </section>
      <Findings findings={event.findings} schema={event.schema} />
      <Why of={of} />
      <BodyView body={bodyOf(event)} headers={[]} label="Body" />
    </>
  );
}

/** Each subscription with why the event was or was not sent to it. */
function Why({ of }: { of: EventOf }) {
  const { id, ...scope } = of;
  const { data, error } = useCall("why", { event: id, ...scope });
  if (error) return <ProblemBox problem={error} />;
  if (!data || data.items.length === 0) return null;
  return (
    <section aria-label="Why">
      <h3>Why was this event sent or not sent?</h3>
      <ul className={styles.reasons}>
        {data.items.map((item) => (
          <Reason key={item.subscription} item={item} />
        ))}
      </ul>
    </section>
  );
}

function Reason({ item }: { item: WhyView }) {
  return (
    <li className={styles.reason} style={toneStyle(whyTone(item))}>
      <Link to="/subscriptions" search={{ id: item.subscription }}>
        <b>{item.subscription_name || item.subscription}</b>
      </Link>
      {item.deleted && <span className="faint"> deleted</span>}
      <WhyExplanation why={item} />
    </li>
  );
}

function Delivery({ line }: { line: DeliveryLine }) {
  return (
    <Link to="/deliveries" search={{ open: line.id }}>
      <span>
        <StateBadge state={line.state} attempts={line.attempt_count} />
      </span>
      <span className="ellipsis">{line.subscription_name}</span>
      <span className="mono dim">{responseLabel(line)}</span>
      <span className="dim">{line.attempt_count > 0 && plural(line.attempt_count, "attempt")}</span>
    </Link>
  );
}
