// A retry schedule on a timeline from seconds to days, with the effect of an outage.

import css from "./ScheduleTimeline.module.css";
import { marksOf, positionOf } from "./timeline";

/** The role of an attempt in an outage: during it, the successful one, or not needed. */
export type AttemptRole = "lost" | "delivers" | "spare";

export interface ScheduleTimelineProps {
  /** The time of each attempt, in milliseconds after the first. */
  times: readonly number[];
  /** When the outage ends, in milliseconds after the first attempt. */
  outageEnd?: number | null;
  /** The role of each attempt, if an outage is simulated. */
  roles?: readonly AttemptRole[];
}

export function ScheduleTimeline({ times, outageEnd = null, roles }: ScheduleTimelineProps) {
  const longest = Math.max(0, times.at(-1) ?? 0, outageEnd ?? 0);
  return (
    <div className={css.timeline} aria-hidden="true">
      {outageEnd !== null && (
        <div className={css.outage} style={{ width: `${positionOf(outageEnd, longest) * 100}%` }} />
      )}
      {marksOf(times, longest).map(({ at, label }, index) => {
        const left = `${at * 100}%`;
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: an attempt is identified by its position
          <span key={index}>
            <span
              className={css.attempt}
              data-role={roles?.[index]}
              style={{ left }}
              title={`Attempt ${index + 1}`}
            />
            {label && (
              <span
                className={css.label}
                data-edge={at === 0 ? "start" : at === 1 ? "end" : undefined}
                style={{ left }}
              >
                {label}
              </span>
            )}
          </span>
        );
      })}
    </div>
  );
}
