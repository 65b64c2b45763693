// The state of a delivery as a pill: its own icon, its own word, its own colour.

import {
  IconArrowUpRight,
  IconBan,
  IconCheck,
  IconClock,
  IconHelp,
  IconMinus,
  IconPlayerPause,
  IconRotateClockwise,
  IconX,
  type TablerIcon,
} from "@tabler/icons-react";
import type { Tone } from "~/theme";
import { Pill } from "./Pill";

/** How a state is shown. */
export interface StateLook {
  word: string;
  tone: Tone;
  icon: TablerIcon;
}

const LOOKS: Record<string, StateLook> = {
  delivered: { word: "Delivered", tone: "ok", icon: IconCheck },
  waiting: { word: "Waiting", tone: "wait", icon: IconClock },
  retrying: { word: "Retrying", tone: "retry", icon: IconRotateClockwise },
  held: { word: "Held", tone: "retry", icon: IconPlayerPause },
  in_flight: { word: "Under way", tone: "wait", icon: IconArrowUpRight },
  failed: { word: "Failed", tone: "fail", icon: IconX },
  cancelled: { word: "Cancelled", tone: "skip", icon: IconBan },
  skipped: { word: "Skipped", tone: "skip", icon: IconMinus },
};

/**
 * How a delivery's state is shown. A pending delivery that was tried before is `retrying`, else
 * `waiting`; one that is not sent for now is `held`.
 */
export function stateLook(state: string, attempts = 0, held = false): StateLook {
  const pending = held ? "held" : attempts > 0 ? "retrying" : "waiting";
  const shown = state === "pending" ? pending : state;
  return LOOKS[shown] ?? { word: shown.replaceAll("_", " "), tone: "skip", icon: IconHelp };
}

export interface StateBadgeProps {
  /** `pending`, `waiting`, `retrying`, `held`, `in_flight`, `delivered`, `failed`, `cancelled` or `skipped`. */
  state: string;
  /** How often it was tried; tells `pending` apart. */
  attempts?: number;
  /** Whether a pending one is not sent for now. */
  held?: boolean;
  /** Shows only the icon, for rows; the word stays for screen readers and on hover. */
  bare?: boolean;
}

export function StateBadge({ state, attempts = 0, held = false, bare = false }: StateBadgeProps) {
  const { word, tone, icon } = stateLook(state, attempts, held);
  return (
    <Pill tone={tone} icon={icon} bare={bare} {...(bare ? { label: word } : {})}>
      {word}
    </Pill>
  );
}
