// How states look and what they are called. Never colour alone: each has its icon and its word.
import {
  IconBan,
  IconCheck,
  IconClock,
  IconMinus,
  IconPlayerPause,
  IconRefresh,
  IconSend,
  IconX,
  type TablerIcon,
} from "@tabler/icons-react";
import type { Tone } from "../theme";

/** The looks of a state. */
export interface Look {
  tone: Tone;
  icon: TablerIcon;
  word: string;
}

/** What became of a delivery. `pending` is told apart into waiting and retrying where it can be. */
export type State =
  | "delivered"
  | "pending"
  | "waiting"
  | "retrying"
  | "in_flight"
  | "failed"
  | "cancelled"
  | "skipped";

export const states: Record<State, Look> = {
  delivered: { tone: "ok", icon: IconCheck, word: "Delivered" },
  pending: { tone: "wait", icon: IconClock, word: "Waiting" },
  waiting: { tone: "wait", icon: IconClock, word: "Waiting" },
  retrying: { tone: "retry", icon: IconRefresh, word: "Retrying" },
  in_flight: { tone: "wait", icon: IconSend, word: "In flight" },
  failed: { tone: "fail", icon: IconX, word: "Failed" },
  cancelled: { tone: "skip", icon: IconBan, word: "Cancelled" },
  skipped: { tone: "skip", icon: IconMinus, word: "Skipped" },
};

/** How a subscription does. */
export type Light = "ok" | "retrying" | "failing" | "off" | "idle";

export const lights: Record<Light, Look> = {
  ok: { tone: "ok", icon: IconCheck, word: "Healthy" },
  retrying: { tone: "retry", icon: IconRefresh, word: "Retrying" },
  failing: { tone: "fail", icon: IconX, word: "Failing" },
  off: { tone: "skip", icon: IconPlayerPause, word: "Off" },
  idle: { tone: "skip", icon: IconMinus, word: "Idle" },
};

/** The look of a word that came from the program, also of one that is not known here. */
export function stateLook(state: string): Look {
  return state in states
    ? states[state as State]
    : { tone: "skip", icon: IconMinus, word: state.replaceAll("_", " ") };
}
