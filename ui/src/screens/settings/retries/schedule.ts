// A retry schedule as a line: where each try stands, what an outage does to it.

import type { ScheduleView } from "~/api/types";
import { duration } from "~/parts/format";

/** A try on the line. */
export interface Mark {
  number: number;
  /** From 0, the first send, to 1, the end of the line. */
  at: number;
  /** Falls into the outage; brings the event; is not needed any more; or simply a try. */
  how: "try" | "lost" | "arrives" | "spare";
  /** The time since the first send; empty where there is no room for it. */
  label: string;
}

/** How near labels may stand, as a share of the line. */
const NEAR = 0.075;

/** Seconds and days fit on one line only by their order of magnitude. */
function place(ms: number, longest: number): number {
  return longest <= 0 ? 0 : Math.log1p(ms / 1000) / Math.log1p(longest / 1000);
}

/** Lays the tries of a schedule on a line; `outage` is where the outage ends on it. */
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
      how: fate(attempt.in_outage, attempt.number, plan.delivered_by, until),
      label: shown ? (attempt.since_first_ms === 0 ? "at once" : duration(attempt.since_first_ms)) : "",
    };
  });
  return { marks, outage: until === null ? null : place(Math.max(0, until), longest) };
}

function fate(lost: boolean, number: number, arrives: number | undefined, until: number | null): Mark["how"] {
  if (until === null) return "try";
  if (lost) return "lost";
  return number === arrives ? "arrives" : "spare";
}

/** What the schedule means, in a sentence. */
export function meaning(plan: ScheduleView): string {
  const tries = plan.total_attempts;
  if (tries <= 1) return "Sent once and never again.";
  return `Tried ${tries} times over ${duration(plan.covers_ms)}: an outage of that length loses nothing.`;
}
