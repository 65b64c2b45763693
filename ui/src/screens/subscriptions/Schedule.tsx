// A retry schedule, drawn: each attempt on one line from seconds to days.

import { useCall } from "~/data";
import { ProblemBox } from "~/parts";
import { duration, plural } from "~/parts/words";
import { labelled, places } from "./policy";
import css from "./subscriptions.module.css";

/** More attempts than this are not drawn one by one. */
const DRAWN = 14;

export function Schedule({ platform }: { platform: string }) {
  const { data, error } = useCall("schedule", { platform }, { live: false });
  if (error) return <ProblemBox problem={error} />;
  if (!data) return <div style={{ height: 64 }} />;
  const drawn = data.attempts.slice(0, DRAWN);
  const at = places(drawn.map((attempt) => attempt.since_first_ms));
  const labels = labelled(at);
  const first = drawn.length === 1;
  return (
    <div style={{ marginTop: 6, maxWidth: 560 }}>
      <div className={css.line} aria-hidden="true">
        {drawn.map((attempt, index) => {
          const left = `${(first ? 0 : (at[index] ?? 0)) * 100}%`;
          const edge = index === 0 ? "start" : index === drawn.length - 1 ? "end" : undefined;
          return (
            <span key={attempt.number}>
              <span className={css.mark} data-first={index === 0 || undefined} style={{ left }} />
              {labels[index] && (
                <span className={css.tick} data-edge={edge} style={{ left }}>
                  {index === 0 ? "at once" : `+${duration(attempt.since_first_ms)}`}
                </span>
              )}
            </span>
          );
        })}
      </div>
      <p className="dim">
        {plural(data.total_attempts, "attempt")} over {duration(data.covers_ms)}: an outage shorter than that
        loses nothing.
        {data.total_attempts > drawn.length && ` The first ${drawn.length} are drawn.`}
      </p>
    </div>
  );
}
