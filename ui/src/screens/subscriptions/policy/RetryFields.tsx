// The retry policy: a preset or a custom schedule, drawn while it is typed.

import { Select, Switch, TextInput } from "@mantine/core";
import type { PlatformView } from "~/api/types";
import { useCall } from "~/data";
import { CUSTOM, customFrom } from "../form/draft";
import type { FieldProps } from "../form/fieldProps";
import css from "../subscriptions.module.css";
import { readDelays, readDuration } from "./policy";
import { CustomSchedule, RetrySchedule } from "./RetrySchedule";

export function RetryFields({ form, platform, error }: FieldProps) {
  const { values: draft, setValues: set } = form;
  const platforms = useCall("platforms", null, { live: false });
  const known: readonly PlatformView[] = platforms.data ?? [];
  const preset = known.find(({ name }) => name === (draft.policy || draft.platform));
  const choose = (policy: string) => {
    if (policy !== CUSTOM) set({ policy });
    else if (draft.basePolicy) set({ policy: CUSTOM });
    else {
      const never = draft.policy === "none" && platform && { ...platform, name: "none", delays_ms: [] };
      const from = never || preset || platform;
      if (from) set(customFrom(from));
    }
  };
  return (
    <div>
      <Select
        label="Retry schedule"
        value={draft.policy}
        onChange={(policy) => choose(policy ?? "")}
        data={[
          { value: "", label: `${platform?.title ?? "Platform"} (default)` },
          ...known
            .filter(({ name }) => name !== platform?.name)
            .map(({ name, title }) => ({ value: name, label: title })),
          { value: "none", label: "No retries" },
          { value: CUSTOM, label: "Custom" },
        ]}
        error={draft.policy === CUSTOM ? undefined : error("policy")}
        style={{ maxWidth: 420 }}
      />
      {draft.policy === "none" ? (
        <p className="dim">Each event is sent once. Failed deliveries can be retried manually.</p>
      ) : draft.policy === CUSTOM ? (
        <CustomFields form={form} error={error} known={known} />
      ) : (
        <RetrySchedule platform={draft.policy || draft.platform} />
      )}
    </div>
  );
}

function CustomFields({
  form,
  error,
  known,
}: Omit<FieldProps, "platform"> & { known: readonly PlatformView[] }) {
  const draft = form.values;
  const delays = readDelays(draft.delays);
  const from = known.find(({ name }) => name === (draft.basePolicy?.preset ?? draft.platform));
  return (
    <div className={css.customSchedule}>
      <TextInput
        label="Retry delays"
        placeholder="1 s, 30 s, 5 min, 2 h"
        spellCheck={false}
        {...form.getInputProps("delays")}
        error={error("policy")}
      />
      {delays && (
        <CustomSchedule
          delays={delays}
          repeatLast={draft.repeatLast}
          maxAge={readDuration(draft.maxAge) ?? null}
        />
      )}
      <Switch
        label="Repeat the last delay"
        description="Until the event is delivered or too old."
        {...form.getInputProps("repeatLast", { type: "checkbox" })}
      />
      <div className={css.two}>
        <TextInput
          label="Stop retrying after"
          placeholder={draft.repeatLast ? "30 days" : "Last delay"}
          {...form.getInputProps("maxAge")}
          error={error("max_age_ms")}
        />
        <TextInput
          label="Timeout"
          placeholder={`Default of ${from?.title ?? "the platform"}`}
          {...form.getInputProps("timeout")}
          error={error("timeout")}
        />
      </div>
    </div>
  );
}
