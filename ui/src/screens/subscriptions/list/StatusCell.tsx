// The traffic light of a subscription, wherever it runs.

import { IconAlertTriangle, IconCheck, IconMinus, IconRefresh, type TablerIcon } from "@tabler/icons-react";
import type { RemoteView, SubscriptionLine } from "~/api/types";
import { LightBadge, Pill } from "~/parts";
import { remoteWord } from "~/screens/brands/labels";
import type { Tone } from "~/theme";

const ICONS: Partial<Record<Tone, TablerIcon>> = {
  ok: IconCheck,
  retry: IconRefresh,
  fail: IconAlertTriangle,
};

/** Only its icon. Of one at a platform it says whether the platform has it as it is kept here. */
export function LineLight({ line }: { line: Pick<SubscriptionLine, "remote" | "health"> }) {
  if (!line.remote) return <LightBadge light={line.health.light} bare />;
  const { word, tone } = remoteWord(line.remote);
  return <Pill tone={tone} icon={ICONS[tone] ?? IconMinus} bare label={word} />;
}

/** In a word. */
export function RemotePill({ remote }: { remote: RemoteView }) {
  const { word, tone } = remoteWord(remote);
  return (
    <Pill tone={tone} icon={ICONS[tone] ?? IconMinus}>
      {word}
    </Pill>
  );
}
