// When it is tried again: as a platform does it, or on a schedule of its own, drawn while it is typed.

import { Select, Switch, TextInput } from "@mantine/core";
import type { PlatformView } from "~/api/types";
import { useCall } from "~/data";
import { OWN, ownFrom } from "../form/draft";
import type { FieldProps } from "../form/fieldProps";
import css from "../subscriptions.module.css";
import { readSpan, readWaits } from "./policy";
import { OwnSchedule, Schedule } from "./RetrySchedule";

export function Retry({ draft, set, platform, error }: FieldProps) {
  const platforms = useCall("platforms", null, { live: false });
  const known: readonly PlatformView[] = platforms.data ?? [];
  const preset = known.find(({ name }) => name === (draft.policy || draft.platform));
  const choose = (policy: string) => {
    if (policy !== OWN) set({ policy });
    else if (draft.own) set({ policy: OWN });
    else {
      const never = draft.policy === "none" && platform && { ...platform, name: "none", delays_ms: [] };
      const from = never || preset || platform;
      if (from) set(ownFrom(from));
    }
  };
  return (
    <div>
      <Select
        label="When it fails, try again"
        value={draft.policy}
        onChange={(policy) => choose(policy ?? "")}
        data={[
          { value: "", label: `As ${platform?.title ?? "the platform"} does` },
          ...known
            .filter(({ name }) => name !== platform?.name)
            .map(({ name, title }) => ({ value: name, label: `As ${title} does` })),
          { value: "none", label: "Never" },
          { value: OWN, label: "On a schedule of its own" },
        ]}
        error={draft.policy === OWN ? undefined : error("policy")}
        style={{ maxWidth: 420 }}
      />
      {draft.policy === "none" ? (
        <p className="dim">Each event is sent once. What fails can be sent again by hand.</p>
      ) : draft.policy === OWN ? (
        <Own draft={draft} set={set} error={error} known={known} />
      ) : (
        <Schedule platform={draft.policy || draft.platform} />
      )}
    </div>
  );
}

function Own({
  draft,
  set,
  error,
  known,
}: Omit<FieldProps, "platform"> & { known: readonly PlatformView[] }) {
  const waits = readWaits(draft.waits);
  const from = known.find(({ name }) => name === (draft.own?.preset ?? draft.platform));
  return (
    <div className={css.own}>
      <TextInput
        label="Waits before each retry"
        placeholder="1 s, 30 s, 5 min, 2 h"
        spellCheck={false}
        value={draft.waits}
        onChange={(event) => set({ waits: event.currentTarget.value })}
        error={error("policy")}
      />
      {waits && (
        <OwnSchedule delays={waits} repeatLast={draft.repeat} giveUp={readSpan(draft.giveUp) ?? null} />
      )}
      <Switch
        label="Go on with the last wait"
        description="Until it is delivered, or given up."
        checked={draft.repeat}
        onChange={(event) => set({ repeat: event.currentTarget.checked })}
      />
      <div className={css.two}>
        <TextInput
          label="Give up after"
          placeholder={draft.repeat ? "30 days" : "the last wait"}
          value={draft.giveUp}
          onChange={(event) => set({ giveUp: event.currentTarget.value })}
          error={error("give_up")}
        />
        <TextInput
          label="An attempt may take"
          placeholder={`as ${from?.title ?? "usual"} has it`}
          value={draft.timeout}
          onChange={(event) => set({ timeout: event.currentTarget.value })}
          error={error("timeout")}
        />
      </div>
    </div>
  );
}
