// The health of a subscription: icon, word and color.

import {
  IconAlertTriangle,
  IconCheck,
  IconClockPause,
  IconMinus,
  IconRefresh,
  type TablerIcon,
} from "@tabler/icons-react";
import type { Light } from "~/api/types";
import type { Tone } from "~/theme";
import { Pill } from "./Pill";

/** The label of each health. */
export const HEALTH: Record<Light, { word: string; meaning: string; tone: Tone; icon: TablerIcon }> = {
  ok: { word: "Healthy", meaning: "The last attempt succeeded.", tone: "ok", icon: IconCheck },
  retrying: {
    word: "Retrying",
    meaning: "The last attempt failed and will be retried.",
    tone: "retry",
    icon: IconRefresh,
  },
  failing: {
    word: "Failing",
    meaning: "Deliveries have failed permanently since the last success.",
    tone: "fail",
    icon: IconAlertTriangle,
  },
  off: {
    word: "Disabled",
    meaning: "Disabled. Matching events are skipped.",
    tone: "skip",
    icon: IconMinus,
  },
  idle: { word: "Idle", meaning: "Nothing was sent in the last hour.", tone: "skip", icon: IconClockPause },
};

export interface HealthBadgeProps {
  health: Light;
  /** Shows only the icon, for rows; the label is for screen readers and the tooltip. */
  bare?: boolean;
}

export function HealthBadge({ health, bare = false }: HealthBadgeProps) {
  const { word, meaning, tone, icon } = HEALTH[health];
  return (
    <Pill tone={tone} icon={icon} bare={bare} label={bare ? word : meaning}>
      {word}
    </Pill>
  );
}
