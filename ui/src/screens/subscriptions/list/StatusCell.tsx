// The status of a subscription, wherever it runs.

import { IconAlertTriangle, IconCheck, IconMinus, IconRefresh, type TablerIcon } from "@tabler/icons-react";
import type { RemoteView, SubscriptionLine } from "~/api/types";
import { HealthBadge, Pill } from "~/parts";
import { remoteStatus } from "~/screens/brands/labels";
import type { Tone } from "~/theme";

const ICONS: Partial<Record<Tone, TablerIcon>> = {
  ok: IconCheck,
  retry: IconRefresh,
  fail: IconAlertTriangle,
};

/** As an icon. */
export function StatusIcon({ line }: { line: Pick<SubscriptionLine, "remote" | "health"> }) {
  if (!line.remote) return <HealthBadge health={line.health.light} bare />;
  const { word, tone } = remoteStatus(line.remote);
  return <Pill tone={tone} icon={ICONS[tone] ?? IconMinus} bare label={word} />;
}

/** As a pill. */
export function RemoteStatus({ remote }: { remote: RemoteView }) {
  const { word, tone } = remoteStatus(remote);
  return (
    <Pill tone={tone} icon={ICONS[tone] ?? IconMinus}>
      {word}
    </Pill>
  );
}
