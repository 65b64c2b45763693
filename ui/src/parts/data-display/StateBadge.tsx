// The state of a delivery as a pill, with an icon and a color of its own.

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

/** The label of a state. */
export interface StateLabel {
  word: string;
  tone: Tone;
  icon: TablerIcon;
}

const LABELS: Record<string, StateLabel> = {
  delivered: { word: "Delivered", tone: "ok", icon: IconCheck },
  waiting: { word: "Waiting", tone: "wait", icon: IconClock },
  retrying: { word: "Retrying", tone: "retry", icon: IconRotateClockwise },
  held: { word: "Held", tone: "retry", icon: IconPlayerPause },
  in_flight: { word: "In flight", tone: "wait", icon: IconArrowUpRight },
  failed: { word: "Failed", tone: "fail", icon: IconX },
  cancelled: { word: "Cancelled", tone: "skip", icon: IconBan },
  skipped: { word: "Skipped", tone: "skip", icon: IconMinus },
};

/**
 * The label of a delivery's state. A pending delivery is `held`, `retrying` after its first attempt, or * `waiting`.
 */
export function stateLabel(state: string, attempts = 0, held = false): StateLabel {
  const pending = held ? "held" : attempts > 0 ? "retrying" : "waiting";
  const shown = state === "pending" ? pending : state;
  return LABELS[shown] ?? { word: shown.replaceAll("_", " "), tone: "skip", icon: IconHelp };
}

export interface StateBadgeProps {
  /**
   * `pending`, `waiting`, `retrying`, `held`, `in_flight`, `delivered`, `failed`, `cancelled` or
   * `skipped`.
   */
  state: string;
  /** The number of attempts; splits `pending` into waiting and retrying. */
  attempts?: number;
  /** Whether a pending delivery is held. */
  held?: boolean;
  /** Shows only the icon, for rows; the label is for screen readers and the tooltip. */
  bare?: boolean;
}

export function StateBadge({ state, attempts = 0, held = false, bare = false }: StateBadgeProps) {
  const { word, tone, icon } = stateLabel(state, attempts, held);
  return (
    <Pill tone={tone} icon={icon} bare={bare} {...(bare ? { label: word } : {})}>
      {word}
    </Pill>
  );
}
