// The secret: typed, or a stored one, chosen by its subscription or source.

import { Group, PasswordInput, Select, Switch } from "@mantine/core";
import type { Problem } from "~/api";
import { useCall } from "~/data";
import classes from "../signature.module.css";
import { type Draft, edit } from "./draft";

const TYPED = "typed";

export interface SecretFieldProps {
  draft: Draft;
  /** The error of the last check; shown here if it is about the secret. */
  problem: Problem | null;
  /** Whether all stored secrets may be tried as well; not when signing. */
  several?: boolean;
}

export function SecretField({ draft, problem, several = true }: SecretFieldProps) {
  const { data: subscriptions } = useCall("subscriptions", null);
  const { data: sources } = useCall("sources", null);
  const storedSecrets = [
    {
      group: "Subscriptions",
      items: (subscriptions ?? [])
        .filter((one) => one.has_secret)
        .map((one) => ({ value: one.id, label: one.name || one.url })),
    },
    {
      group: "Sources",
      items: (sources ?? [])
        .filter((one) => one.has_secret)
        .map((one) => ({ value: one.id, label: one.name })),
    },
  ].filter(({ items }) => items.length > 0);
  const error = problem?.field === "secret" || problem?.field === "secret_of" ? problem.message : null;
  return (
    <div>
      <Select
        label="Signing secret"
        data={[{ group: "Manual", items: [{ value: TYPED, label: "Enter below" }] }, ...storedSecrets]}
        value={draft.secretOf || TYPED}
        onChange={(value) => edit({ secretOf: value === null || value === TYPED ? "" : value })}
        error={draft.secretOf ? error : null}
        searchable
        rightSection={draft.secretOf ? <span className="faint">from the vault</span> : undefined}
        rightSectionWidth={draft.secretOf ? 96 : undefined}
        rightSectionPointerEvents="none"
      />
      {!draft.secretOf && (
        <PasswordInput
          className={`${classes.mono} ${classes.password}`}
          mt={6}
          aria-label="Signing secret value"
          placeholder="The secret configured in your handler"
          value={draft.secret}
          onChange={(event) => edit({ secret: event.currentTarget.value })}
          error={error}
          autoComplete="off"
        />
      )}
      {several && (
        <Group mt={6}>
          <Switch
            label="Also try all stored secrets"
            checked={draft.tryKept}
            onChange={(event) => edit({ tryKept: event.currentTarget.checked })}
          />
        </Group>
      )}
    </div>
  );
}
