// A platform's retry schedule: the effect of an outage, and the schedule in words.

import type { ScheduleView } from "~/api/types";
import type { AttemptRole } from "~/parts";
import { duration } from "~/parts/format";

/** When the outage ends, in milliseconds after the first attempt; `null` if none is simulated. */
export const outageEndOf = ({
  down_until,
  from,
}: Pick<ScheduleView, "down_until" | "from">): number | null =>
  down_until == null ? null : Date.parse(down_until) - Date.parse(from);

/** The role of each attempt in the outage. */
export const rolesOf = ({ attempts, delivered_by }: ScheduleView): AttemptRole[] =>
  attempts.map(({ in_outage, number }) =>
    in_outage ? "lost" : number === delivered_by ? "delivers" : "spare",
  );

/** The schedule in a sentence. */
export function meaning(plan: ScheduleView): string {
  const attempts = plan.total_attempts;
  if (attempts <= 1) return "Sent once, no retries.";
  return `${attempts} attempts over ${duration(plan.covers_ms)}. A shorter outage loses no events.`;
}
