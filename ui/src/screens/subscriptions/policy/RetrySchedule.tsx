// A retry schedule, drawn on a timeline from seconds to days.

import { useCall } from "~/data";
import { ProblemBox, ScheduleTimeline } from "~/parts";
import { duration, plural } from "~/parts/format";
import { attemptTimes, covers } from "./policy";

/** How many attempts are drawn. */
const DRAWN = 14;

/** A platform's schedule. */
export function RetrySchedule({ platform }: { platform: string }) {
  const { data, error } = useCall("schedule", { platform }, { live: false });
  if (error) return <ProblemBox problem={error} />;
  if (!data) return <div style={{ height: 64 }} />;
  return (
    <Timeline times={data.attempts.map((attempt) => attempt.since_first_ms)}>
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
  const times = attemptTimes(delays, repeatLast, DRAWN + 1).filter((ms) => ms <= until);
  const attempts = attemptTimes(delays, false, 0).filter((ms) => ms <= until).length;
  const last = delays.at(-1);
  const again = repeatLast && last !== undefined;
  const cut = attempts <= delays.length || (again && covers(delays) + last > until);
  return (
    <Timeline times={times}>
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

/** A timeline of the first attempts, with the schedule in words. */
function Timeline({ times, children }: { times: readonly number[]; children: React.ReactNode }) {
  return (
    <div style={{ marginTop: 6, maxWidth: 560 }}>
      <ScheduleTimeline times={times.slice(0, DRAWN)} />
      <p className="dim">{children}</p>
    </div>
  );
}
