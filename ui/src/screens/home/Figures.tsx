// The key figures; each number links to what it counts.

import { Link } from "@tanstack/react-router";
import type { HomeView } from "~/api/types";
import { useCall } from "~/data";
import { Sparkline, Time } from "~/parts";
import { count, duration, percent, plural, rate } from "~/parts/format";
import { hostOf } from "~/screens/subscriptions/url";
import type { Tone } from "~/theme";
import css from "./home.module.css";
import { isYoung } from "./sentences";

/** How many subscriptions with waiting deliveries are named. */
const NAMED = 3;

export function Figures({ home }: { home: HomeView }) {
  return (
    <section className={css.figures} aria-label="Key figures">
      <Delivered home={home} />
      <Latency home={home} />
      <Waiting home={home} />
      <Now home={home} />
    </section>
  );
}

function Delivered({ home }: { home: HomeView }) {
  const young = isYoung(home.delivered_series.map((n, i) => n + (home.failed_series[i] ?? 0)));
  return (
    <div className={css.figure}>
      <span className={css.label}>Delivered, last 24 h</span>
      <span className={css.value}>
        <Link to="/deliveries" search={{ state: ["delivered"] }}>
          {count(home.delivered)}
        </Link>
        <span className={css.beside}>
          {home.success_rate !== null && `${percent(home.success_rate)} `}
          {home.failed > 0 && (
            <Link to="/deliveries" search={{ state: ["failed"] }} style={{ color: "var(--fail)" }}>
              {count(home.failed)} failed
            </Link>
          )}
        </span>
      </span>
      <div className={css.spark}>
        {young ? (
          <LastMinutes tone="ok" what="delivered" />
        ) : (
          <Sparkline
            kind="line"
            tone="ok"
            height={30}
            values={home.delivered_series}
            label={`Deliveries per half hour over the last day, ${plural(home.delivered, "delivery", "deliveries")} in total`}
          />
        )}
      </div>
    </div>
  );
}

/** Shown while all activity is within the last minutes, where half hours would be one bar. */
function LastMinutes({ tone, what }: { tone: Tone; what: "delivered" | "created" }) {
  const { data } = useCall("histogram", { query: { since: "10m" }, bars: 44, whole: false });
  if (!data) return null;
  return (
    <Sparkline
      tone={tone}
      height={30}
      width="100%"
      values={data.bars.map(({ delivered, failed, other }) =>
        what === "delivered" ? delivered : delivered + failed + other,
      )}
      label={`Deliveries ${what} in the last 10 minutes`}
    />
  );
}

function Latency({ home }: { home: HomeView }) {
  const known = home.p95_series.filter((ms) => ms !== null);
  return (
    <div className={css.figure}>
      <span className={css.label}>p95 latency, last hour</span>
      <span className={css.value}>
        <Link to="/deliveries" search={{ range: "1h" }} title="95% of responses arrived within this time">
          {home.p95_ms === null ? "–" : duration(home.p95_ms)}
        </Link>
        <span className={css.beside}>{home.p50_ms !== null && `median ${duration(home.p50_ms)}`}</span>
      </span>
      <div className={css.spark}>
        {known.length > 2 && (
          <Sparkline
            kind="line"
            tone="accent"
            height={30}
            values={known}
            max={1.6 * Math.max(...known)}
            label="p95 latency over the last hour"
          />
        )}
      </div>
    </div>
  );
}

function Waiting({ home }: { home: HomeView }) {
  const lines = home.subscriptions
    .filter((line) => line.health.waiting > 0)
    .toSorted((a, b) => b.health.waiting - a.health.waiting);
  return (
    <div className={css.figure}>
      <span className={css.label}>Waiting</span>
      <span className={css.value}>
        <Link to="/deliveries" search={{ state: ["waiting", "retrying"], range: "all" }}>
          {count(home.waiting)}
        </Link>
        <span className={css.beside}>
          {home.waiting > 0 && home.next_at ? (
            <>
              next retry <Time at={home.next_at} />
            </>
          ) : (
            "nothing due"
          )}
        </span>
      </span>
      <div className={css.shares}>
        {lines.slice(0, NAMED).map((line) => (
          <Link
            key={line.id}
            to="/deliveries"
            search={{ state: ["waiting", "retrying"], subscription: [line.id], range: "all" }}
          >
            {count(line.health.waiting)} {line.name || hostOf(line.url)}
          </Link>
        ))}
        {lines.length > NAMED && <span>and {lines.length - NAMED} more</span>}
      </div>
    </div>
  );
}

function Now({ home }: { home: HomeView }) {
  const young = isYoung(home.attempts_series);
  return (
    <div className={css.figure}>
      <span className={css.label}>Events per second</span>
      <span className={css.value}>
        <Link to="/live">{rate(home.events_per_s)}/s</Link>
        <span className={css.beside}>{rate(home.attempts_per_s)} attempts/s</span>
      </span>
      <div
        className={css.spark}
        title={young ? "Deliveries created in the last 10 minutes" : "Attempts in the last hour"}
      >
        {young ? (
          <LastMinutes tone="wait" what="created" />
        ) : (
          <Sparkline
            kind="line"
            tone="wait"
            height={30}
            values={home.attempts_series}
            label="Attempts over the last hour"
          />
        )}
      </div>
    </div>
  );
}
