// A retry schedule, drawn on a timeline from seconds to days.

import { useCall } from "~/data";
import { ProblemBox } from "~/parts";
import { duration, plural } from "~/parts/format";
import css from "../subscriptions.module.css";
import { attemptTimes, covers, labelled, positions } from "./policy";

/** How many attempts are drawn. */
const DRAWN = 14;

/** A platform's schedule. */
export function RetrySchedule({ platform }: { platform: string }) {
  const { data, error } = useCall("schedule", { platform }, { live: false });
  if (error) return <ProblemBox problem={error} />;
  if (!data) return <div style={{ height: 64 }} />;
  return (
    <Timeline at={data.attempts.map((attempt) => attempt.since_first_ms)}>
      {plural(data.total_attempts, "attempt")} over {duration(data.covers_ms)}. A shorter outage loses no
      events.
      {data.total_attempts > DRAWN && ` The first ${DRAWN} are shown.`}
    </Timeline>
  );
}

export interface CustomScheduleProps {
  delays: readonly number[];
  repeatLast: boolean;
  /** The maximum age in milliseconds; the program's 30 days if `null`. */
  maxAge: number | null;
}

const LONGEST = 30 * 86_400_000;

/** A custom schedule while it is typed. */
export function CustomSchedule({ delays, repeatLast, maxAge }: CustomScheduleProps) {
  const until = maxAge ?? (repeatLast ? LONGEST : Number.POSITIVE_INFINITY);
  const at = attemptTimes(delays, repeatLast, DRAWN + 1).filter((ms) => ms <= until);
  const attempts = attemptTimes(delays, false, 0).filter((ms) => ms <= until).length;
  const last = delays.at(-1);
  const again = repeatLast && last !== undefined;
  const cut = attempts <= delays.length || (again && covers(delays) + last > until);
  return (
    <Timeline at={at}>
      {cut ? (
        <>
          {plural(attempts, "attempt")}. Delays beyond {duration(until)} are ignored.
        </>
      ) : again ? (
        <>
          {plural(attempts, "attempt")} over {duration(covers(delays))}, then one every {duration(last)}, for{" "}
          {duration(until)} in total. A shorter outage loses no events.
        </>
      ) : delays.length === 0 ? (
        "Each event is sent once. Failed deliveries can be retried manually."
      ) : (
        <>
          {plural(attempts, "attempt")} over {duration(covers(delays))}. A shorter outage loses no events.
        </>
      )}
      {attempts > DRAWN && ` The first ${DRAWN} are shown.`}
    </Timeline>
  );
}

/** Attempts on a timeline, by the time since the first. */
function Timeline({ at: all, children }: { at: readonly number[]; children: React.ReactNode }) {
  const drawn = all.slice(0, DRAWN);
  const at = positions(drawn);
  const labels = labelled(at);
  const first = drawn.length === 1;
  return (
    <div style={{ marginTop: 6, maxWidth: 560 }}>
      <div className={css.line} aria-hidden="true">
        {drawn.map((since, index) => {
          const left = `${(first ? 0 : (at[index] ?? 0)) * 100}%`;
          const edge = index === 0 ? "start" : index === drawn.length - 1 ? "end" : undefined;
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: an attempt is identified by its position
            <span key={index}>
              <span className={css.mark} data-first={index === 0 || undefined} style={{ left }} />
              {labels[index] && (
                <span className={css.tick} data-edge={edge} style={{ left }}>
                  {index === 0 ? "immediately" : `+${duration(since)}`}
                </span>
              )}
            </span>
          );
        })}
      </div>
      <p className="dim">{children}</p>
    </div>
  );
}
