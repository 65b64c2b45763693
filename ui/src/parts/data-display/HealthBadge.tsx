// A subscription's traffic light: icon, word and colour.

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

/** How a light is shown. */
export const LIGHTS: Record<Light, { word: string; meaning: string; tone: Tone; icon: TablerIcon }> = {
  ok: { word: "Healthy", meaning: "The last attempt got through.", tone: "ok", icon: IconCheck },
  retrying: {
    word: "Retrying",
    meaning: "The last attempt failed; it is tried again.",
    tone: "retry",
    icon: IconRefresh,
  },
  failing: {
    word: "Failing",
    meaning: "Deliveries have failed for good since the last success.",
    tone: "fail",
    icon: IconAlertTriangle,
  },
  off: {
    word: "Off",
    meaning: "It is switched off; what matches is skipped.",
    tone: "skip",
    icon: IconMinus,
  },
  idle: { word: "Quiet", meaning: "Nothing was sent in the last hour.", tone: "skip", icon: IconClockPause },
};

export interface LightBadgeProps {
  light: Light;
  /** Shows only the icon, for rows; the word stays for screen readers and on hover. */
  bare?: boolean;
}

export function LightBadge({ light, bare = false }: LightBadgeProps) {
  const { word, meaning, tone, icon } = LIGHTS[light];
  return (
    <Pill tone={tone} icon={icon} bare={bare} label={bare ? word : meaning}>
      {word}
    </Pill>
  );
}
