// A retry schedule as a timeline: the position of each attempt, and the effect of an outage.

import type { ScheduleView } from "~/api/types";
import { duration } from "~/parts/format";

/** An attempt on the timeline. */
export interface Mark {
  number: number;
  /** From 0, the first attempt, to 1, the end of the timeline. */
  at: number;
  /** During the outage; the successful one; not needed; or no outage is simulated. */
  how: "attempt" | "lost" | "delivers" | "spare";
  /** The time since the first attempt; empty where there is no room. */
  label: string;
}

/** The minimum distance of labels, as a share of the timeline. */
const NEAR = 0.075;

/** Logarithmic, because seconds and days share one timeline. */
function place(ms: number, longest: number): number {
  return longest <= 0 ? 0 : Math.log1p(ms / 1000) / Math.log1p(longest / 1000);
}

/** The positions of the attempts; `outage` is where the outage ends. */
export function layOut(plan: ScheduleView): { marks: Mark[]; outage: number | null } {
  const until = plan.down_until == null ? null : Date.parse(plan.down_until) - Date.parse(plan.from);
  const longest = Math.max(plan.covers_ms, until ?? 0);
  let free = -1;
  const marks = plan.attempts.map((attempt, index): Mark => {
    const at = place(attempt.since_first_ms, longest);
    const last = index === plan.attempts.length - 1;
    const shown = at >= free && (last || 1 - at >= NEAR || longest > plan.covers_ms);
    if (shown) free = at + NEAR;
    return {
      number: attempt.number,
      at,
      how: roleOf(attempt.in_outage, attempt.number, plan.delivered_by, until),
      label: shown ? (attempt.since_first_ms === 0 ? "immediately" : duration(attempt.since_first_ms)) : "",
    };
  });
  return { marks, outage: until === null ? null : place(Math.max(0, until), longest) };
}

function roleOf(
  lost: boolean,
  number: number,
  delivers: number | undefined,
  until: number | null,
): Mark["how"] {
  if (until === null) return "attempt";
  if (lost) return "lost";
  return number === delivers ? "delivers" : "spare";
}

/** The schedule in a sentence. */
export function meaning(plan: ScheduleView): string {
  const attempts = plan.total_attempts;
  if (attempts <= 1) return "Sent once, no retries.";
  return `${attempts} attempts over ${duration(plan.covers_ms)}. A shorter outage loses no events.`;
}
