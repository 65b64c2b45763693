// A retry schedule, drawn: each attempt on one line from seconds to days.

import { useCall } from "~/data";
import { ProblemBox } from "~/parts";
import { duration, plural } from "~/parts/format";
import css from "../subscriptions.module.css";
import { covers, falls, labelled, places } from "./policy";

/** More attempts than this are not drawn one by one. */
const DRAWN = 14;

/** A platform's schedule. */
export function Schedule({ platform }: { platform: string }) {
  const { data, error } = useCall("schedule", { platform }, { live: false });
  if (error) return <ProblemBox problem={error} />;
  if (!data) return <div style={{ height: 64 }} />;
  return (
    <Drawn at={data.attempts.map((attempt) => attempt.since_first_ms)}>
      {plural(data.total_attempts, "attempt")} over {duration(data.covers_ms)}: an outage shorter than that
      loses nothing.
      {data.total_attempts > DRAWN && ` The first ${DRAWN} are drawn.`}
    </Drawn>
  );
}

export interface OwnScheduleProps {
  delays: readonly number[];
  repeatLast: boolean;
  /** How long it goes on, in milliseconds; the program's 30 days if nothing is said. */
  giveUp: number | null;
}

const LONGEST = 30 * 86_400_000;

/** A schedule while it is typed. */
export function OwnSchedule({ delays, repeatLast, giveUp }: OwnScheduleProps) {
  const until = giveUp ?? (repeatLast ? LONGEST : Number.POSITIVE_INFINITY);
  const at = falls(delays, repeatLast, DRAWN + 1).filter((ms) => ms <= until);
  const kept = falls(delays, false, 0).filter((ms) => ms <= until).length;
  const last = delays.at(-1);
  const again = repeatLast && last !== undefined;
  const cut = kept <= delays.length || (again && covers(delays) + last > until);
  return (
    <Drawn at={at}>
      {cut ? (
        <>
          {plural(kept, "attempt")}: what would come after {duration(until)} is left out.
        </>
      ) : again ? (
        <>
          {plural(kept, "attempt")} over {duration(covers(delays))}, then one every {duration(last)}, for{" "}
          {duration(until)} in all: an outage shorter than that loses nothing.
        </>
      ) : delays.length === 0 ? (
        "Each event is sent once. What fails can be sent again by hand."
      ) : (
        <>
          {plural(kept, "attempt")} over {duration(covers(delays))}: an outage shorter than that loses
          nothing.
        </>
      )}
      {kept > DRAWN && ` The first ${DRAWN} are drawn.`}
    </Drawn>
  );
}

/** Attempts on a line, by how long after the first they fall. */
function Drawn({ at: all, children }: { at: readonly number[]; children: React.ReactNode }) {
  const drawn = all.slice(0, DRAWN);
  const at = places(drawn);
  const labels = labelled(at);
  const first = drawn.length === 1;
  return (
    <div style={{ marginTop: 6, maxWidth: 560 }}>
      <div className={css.line} aria-hidden="true">
        {drawn.map((since, index) => {
          const left = `${(first ? 0 : (at[index] ?? 0)) * 100}%`;
          const edge = index === 0 ? "start" : index === drawn.length - 1 ? "end" : undefined;
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: an attempt is its place
            <span key={index}>
              <span className={css.mark} data-first={index === 0 || undefined} style={{ left }} />
              {labels[index] && (
                <span className={css.tick} data-edge={edge} style={{ left }}>
                  {index === 0 ? "at once" : `+${duration(since)}`}
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
