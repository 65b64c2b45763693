// The secret: typed, or one that the vault keeps, named by whose it is.

import { Group, PasswordInput, Select, Switch } from "@mantine/core";
import type { Problem } from "~/api";
import { useCall } from "~/data";
import classes from "../signature.module.css";
import { type Draft, edit } from "./draft";

const TYPED = "typed";

export interface SecretFieldProps {
  draft: Draft;
  /** The error of the last try; shown here if it is about the secret. */
  problem: Problem | null;
  /** Whether all kept secrets may be tried as well; not when signing. */
  several?: boolean;
}

export function SecretField({ draft, problem, several = true }: SecretFieldProps) {
  const { data: subscriptions } = useCall("subscriptions", null);
  const { data: sources } = useCall("sources", null);
  const kept = [
    {
      group: "Subscriptions",
      items: (subscriptions ?? [])
        .filter((one) => one.has_secret)
        .map((one) => ({ value: one.id, label: one.name || one.url })),
    },
    {
      group: "Sources of the receiver",
      items: (sources ?? [])
        .filter((one) => one.has_secret)
        .map((one) => ({ value: one.id, label: one.name })),
    },
  ].filter(({ items }) => items.length > 0);
  const error = problem?.field === "secret" || problem?.field === "secret_of" ? problem.message : null;
  return (
    <div>
      <Select
        label="Secret"
        data={[{ group: "Given here", items: [{ value: TYPED, label: "Typed below" }] }, ...kept]}
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
          aria-label="Secret, as configured"
          placeholder="The secret that your handler is configured with"
          value={draft.secret}
          onChange={(event) => edit({ secret: event.currentTarget.value })}
          error={error}
          autoComplete="off"
        />
      )}
      {several && (
        <Group mt={6}>
          <Switch
            label="Try all kept secrets too"
            checked={draft.tryKept}
            onChange={(event) => edit({ tryKept: event.currentTarget.checked })}
          />
        </Group>
      )}
    </div>
  );
}
