// The retry schedule of each platform, and the effect of an outage.

import { Button, TextInput } from "@mantine/core";
import { IconAlertTriangle, IconCheck } from "@tabler/icons-react";
import { useState } from "react";
import type { PlatformView, ScheduleView } from "~/api/types";
import { useCall } from "~/data";
import { Pill, ProblemBox, ScheduleTimeline, Time } from "~/parts";
import { duration, plural } from "~/parts/format";
import classes from "../settings.module.css";
import { meaning, outageEndOf, rolesOf } from "./schedule";

const OUTAGES = [
  { name: "10 minutes", ms: 600_000 },
  { name: "1 hour", ms: 3_600_000 },
  { name: "4 hours", ms: 4 * 3_600_000 },
  { name: "1 day", ms: 86_400_000 },
  { name: "3 days", ms: 3 * 86_400_000 },
];

/** An outage that starts now. */
interface Outage {
  from: string;
  until: string;
}

/** A moment as `datetime-local` writes it. */
function asLocalInput(iso: string): string {
  const at = new Date(iso);
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

function OutageResult({ plan }: { plan: ScheduleView }) {
  if (plan.down_until == null) return <p className="dim">{meaning(plan)}</p>;
  if (plan.lost || plan.delivered_at == null) {
    return (
      <p className="line">
        <Pill tone="fail" icon={IconAlertTriangle}>
          Lost
        </Pill>
        <span>
          The last attempt is at <Time at={plan.last_at} form="absolute" />, before the endpoint is back.
          Retry it manually afterwards.
        </span>
      </p>
    );
  }
  const late = Date.parse(plan.delivered_at) - Date.parse(plan.down_until);
  return (
    <p className="line">
      <Pill tone="ok" icon={IconCheck}>
        Delivered
      </Pill>
      <span>
        by attempt {plan.delivered_by} at <Time at={plan.delivered_at} form="absolute" />
        {late > 0 && `, ${duration(late)} after the endpoint is back`}
      </span>
    </p>
  );
}

function Preset({ platform, outage }: { platform: PlatformView; outage: Outage | null }) {
  const input = {
    platform: platform.name,
    ...(outage ? { from: outage.from, down_until: outage.until } : {}),
  };
  const { data: plan, error } = useCall("schedule", input, { live: false });
  return (
    <article className={`card ${classes.plan}`} aria-label={platform.title}>
      <div className="line">
        <b className="grow">{platform.title}</b>
        {plan && (
          <span className="dim num">
            {plural(plan.total_attempts, "attempt")} · {duration(plan.covers_ms)}
          </span>
        )}
      </div>
      {error && <ProblemBox problem={error} />}
      {plan && (
        <ScheduleTimeline
          times={plan.attempts.map((attempt) => attempt.since_first_ms)}
          outageEnd={outageEndOf(plan)}
          roles={outageEndOf(plan) === null ? undefined : rolesOf(plan)}
        />
      )}
      {plan && <OutageResult plan={plan} />}
    </article>
  );
}

export function RetryPresets() {
  const { data: platforms, error } = useCall("platforms", null, { live: false });
  const [outage, setOutage] = useState<Outage | null>(null);
  const down = (until: number) => {
    const now = Date.now();
    setOutage({ from: new Date(now).toISOString(), until: new Date(Math.max(until, now)).toISOString() });
  };
  if (error) return <ProblemBox problem={error} />;
  return (
    <div className="stack">
      <p className="dim">
        Failed deliveries are retried on the schedule of their platform. A subscription can have a custom
        schedule.
      </p>
      <div className={classes.what}>
        <TextInput
          type="datetime-local"
          label="Simulate an outage from now until"
          value={outage ? asLocalInput(outage.until) : ""}
          onChange={(event) => {
            const until = Date.parse(event.currentTarget.value);
            if (Number.isFinite(until)) down(until);
            else setOutage(null);
          }}
        />
        {OUTAGES.map(({ name, ms }) => (
          <Button key={name} onClick={() => down(Date.now() + ms)}>
            {name}
          </Button>
        ))}
        {outage && <Button onClick={() => setOutage(null)}>No outage</Button>}
      </div>
      <div className={classes.presets}>
        {(platforms ?? []).map((platform) => (
          <Preset key={platform.name} platform={platform} outage={outage} />
        ))}
      </div>
    </div>
  );
}
