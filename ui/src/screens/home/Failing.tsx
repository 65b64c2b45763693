// A failing subscription in plain sentences, with the actions that help.

import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import type { SubscriptionLine } from "~/api/types";
import { useCall } from "~/data";
import { Time, useNow } from "~/parts";
import { plural, toTheMinute } from "~/parts/format";
import { actorWords } from "~/screens/deliveries/labels";
import css from "./home.module.css";
import { RetryFailed } from "./RetryFailed";
import { failingFor } from "./sentences";

export function Failing({ line }: { line: SubscriptionLine }) {
  const { id, name, url, health } = line;
  const [retrying, setRetrying] = useState(false);
  const since = useNow((now) => failingFor(health, now) ?? "");
  const title = name || url;
  return (
    <section className={css.need} aria-label={`${title} is failing`}>
      <div className="grow">
        <Link to="/subscriptions" search={{ id }}>
          <b>{title}</b>
        </Link>{" "}
        {since ? (
          <>
            has accepted nothing for <b title={health.failing_since ?? undefined}>{since}</b>.
          </>
        ) : (
          "is failing."
        )}{" "}
        <span className="dim">
          <Link to="/deliveries" search={{ state: ["failed"], subscription: [id], range: "1h" }}>
            {plural(health.failed, "delivery", "deliveries")}
          </Link>{" "}
          failed permanently in the last hour
          {health.waiting > 0 ? (
            <>
              ,{" "}
              <Link
                to="/deliveries"
                search={{ state: ["waiting", "retrying"], subscription: [id], range: "all" }}
              >
                {`${health.waiting} waiting`}
              </Link>
              {health.next_at && (
                <>
                  ; next retry <Time at={health.next_at} />
                </>
              )}
              .
            </>
          ) : (
            "; none is waiting for a retry."
          )}
        </span>
        {health.waiting > 0 && <OutageForecast id={id} />}
        {health.verdict && (
          <p>
            {health.verdict.summary} <span className={css.next}>{health.verdict.next_step}</span>{" "}
            <span className={css.who}>Owner of the next step: {actorWords(health.verdict.who)}.</span>
          </p>
        )}
      </div>
      <div className={css.needActions}>
        <Button onClick={() => setRetrying(true)}>Retry failed deliveries…</Button>
        {health.shown_by && (
          <Button
            variant="filled"
            renderRoot={(props) => (
              <Link
                {...props}
                to="/deliveries"
                search={{ state: ["failed"], subscription: [id], open: health.shown_by ?? undefined }}
              />
            )}
          >
            View cause
          </Button>
        )}
      </div>
      {retrying && <RetryFailed line={line} onClose={() => setRetrying(false)} />}
    </section>
  );
}

/** How many events are lost if the outage lasts two more hours. */
function OutageForecast({ id }: { id: string }) {
  const { data } = useCall("outage", { subscription: id, down_until: "+2h" });
  if (!data) return null;
  const until = toTheMinute(Date.parse(data.down_until), Date.parse(data.now));
  return (
    <p>
      If the endpoint is down until {until},{" "}
      <Link to="/subscriptions" search={{ id }}>
        {data.lost === 0
          ? "no waiting event is lost"
          : data.lost === 1
            ? "1 event is lost"
            : `these ${data.lost} events are lost`}
      </Link>
      .
    </p>
  );
}
