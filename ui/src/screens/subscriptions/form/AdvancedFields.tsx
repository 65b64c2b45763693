// The advanced fields: scheme, retries, headers, limits, ordering, private addresses, TLS, brand.

import { ActionIcon, Button, Select, Switch, Textarea, TextInput } from "@mantine/core";
import { IconPlus, IconX } from "@tabler/icons-react";
import { useCall } from "~/data";
import { RetryFields } from "../policy/RetryFields";
import css from "../subscriptions.module.css";
import { isLoopback, parsed } from "../url";
import type { HeaderRow } from "./draft";
import type { FieldProps } from "./fieldProps";

/** Titles of schemes whose name alone is not clear. */
const SCHEMES: Record<string, string> = {
  standard: "Standard Webhooks",
  "hex-body": "HMAC of the body, hex",
  "base64-body": "HMAC of the body, base64",
  "api-key": "API key header",
  none: "Unsigned",
};

export function AdvancedFields({ form, platform, error }: FieldProps) {
  const { values: draft, setValues: set } = form;
  const schemes = useCall("schemes", null, { live: false });
  const platformScheme = platform?.scheme ?? "";
  const defaultHeader = schemes.data?.find(({ name }) => name === platformScheme)?.header;
  const named = (name: string) => SCHEMES[name] ?? name.charAt(0).toUpperCase() + name.slice(1);
  return (
    <div className={css.fields}>
      <Select
        label="Signature scheme"
        inputWrapperOrder={["label", "input", "description", "error"]}
        description={draft.scheme === "" ? platform?.signature_note : undefined}
        value={draft.scheme}
        onChange={(scheme) => set({ scheme: scheme ?? "" })}
        data={[
          {
            value: "",
            label:
              draft.payload === "postback"
                ? "Unsigned"
                : `${platform?.title ?? "Platform"} default (${defaultHeader ?? named(platformScheme)})`,
          },
          ...(schemes.data ?? [])
            .filter(({ name }) => name !== (draft.payload === "postback" ? "none" : platformScheme))
            .map(({ name, header }) => ({
              value: name,
              label: header ? `${named(name)} (${header})` : named(name),
            })),
        ]}
        error={error("scheme")}
        style={{ maxWidth: 420 }}
      />
      <RetryFields form={form} platform={platform} error={error} />
      <Headers form={form} error={error} />
      <div className={css.two} style={{ maxWidth: 420 }}>
        <TextInput
          label="Rate limit (per second)"
          placeholder="No limit"
          inputMode="decimal"
          {...form.getInputProps("rate")}
          error={error("rate_per_second")}
        />
        <TextInput
          label="Concurrency"
          placeholder="Default"
          inputMode="numeric"
          {...form.getInputProps("concurrency")}
          error={error("concurrency")}
        />
      </div>
      <TextInput
        label="Auto-disable after"
        placeholder="Never"
        {...form.getInputProps("autoDisable")}
        error={error("auto_disable_after_ms")}
        description="Disables the subscription after it has failed for this long. A warning is shown at half that time. Waiting deliveries are kept."
        inputWrapperOrder={["label", "input", "description", "error"]}
        style={{ maxWidth: 420 }}
      />
      <Switch
        label="Ordered (FIFO)"
        description="Each event waits until the previous one is delivered or has failed permanently."
        {...form.getInputProps("ordered", { type: "checkbox" })}
      />
      {draft.ordered && (
        <TextInput
          label="Ordering key"
          placeholder="None: one queue for all events"
          description="A field such as data.customerId. Events with the same value are delivered in order; different values do not wait for each other."
          inputWrapperOrder={["label", "input", "description", "error"]}
          spellCheck={false}
          {...form.getInputProps("orderedBy")}
          error={error("ordered_by")}
          style={{ maxWidth: 420 }}
        />
      )}
      <Switch
        label="Allow private addresses"
        description="When off, requests to 10.x, 172.16.x, 192.168.x and similar addresses are blocked."
        {...form.getInputProps("allowPrivate", { type: "checkbox" })}
      />
      <TlsFields form={form} error={error} />
      <TextInput
        label="Brand"
        placeholder="Any brand"
        spellCheck={false}
        {...form.getInputProps("brand")}
        error={error("brand")}
        style={{ maxWidth: 340 }}
      />
    </div>
  );
}

function TlsFields({ form, error }: Pick<FieldProps, "form" | "error">) {
  const draft = form.values;
  const url = parsed(draft.url);
  if (url?.protocol !== "https:" && draft.caPem === "" && !draft.skipTlsVerify) return null;
  const here = url !== undefined && isLoopback(url.hostname);
  return (
    <>
      <Textarea
        label="Custom CA"
        description="PEM certificates of your own authority, trusted in addition to the system's, for this subscription only."
        placeholder="-----BEGIN CERTIFICATE-----"
        spellCheck={false}
        autosize
        minRows={2}
        maxRows={8}
        classNames={{ input: "mono" }}
        {...form.getInputProps("caPem")}
        error={error("ca_pem")}
      />
      {(here || draft.skipTlsVerify) && (
        <Switch
          label="Skip TLS verification"
          description="Only for endpoints on this machine. The endpoint is marked as unverified everywhere."
          {...form.getInputProps("skipTlsVerify", { type: "checkbox" })}
          error={error("skip_tls_verify")}
        />
      )}
    </>
  );
}

function Headers({ form, error }: Pick<FieldProps, "form" | "error">) {
  const { values: draft, setValues: set } = form;
  const change = (key: number, part: Partial<HeaderRow>) =>
    set({ headers: draft.headers.map((row) => (row.key === key ? { ...row, ...part } : row)) });
  const next = Math.max(0, ...draft.headers.map((row) => row.key + 1));
  const wrong = error("headers");
  return (
    <fieldset>
      <legend className="dim" style={{ fontSize: 12, padding: 0, marginBottom: 2 }}>
        Custom headers
      </legend>
      {draft.headers.map((row) => (
        <div key={row.key} className={css.headerRow}>
          <TextInput
            aria-label="Header name"
            placeholder="X-Team"
            spellCheck={false}
            value={row.name}
            onChange={(event) => change(row.key, { name: event.currentTarget.value })}
          />
          <TextInput
            aria-label={`Value of ${row.name || "the header"}`}
            placeholder={row.hidden ? "Stored, hidden" : ""}
            spellCheck={false}
            value={row.value}
            onChange={(event) => change(row.key, { value: event.currentTarget.value })}
          />
          <ActionIcon
            aria-label={`Remove ${row.name || "the header"}`}
            onClick={() => set({ headers: draft.headers.filter((each) => each.key !== row.key) })}
          >
            <IconX size={15} stroke={1.6} />
          </ActionIcon>
        </div>
      ))}
      {wrong && (
        <p className={css.error} role="alert">
          {wrong}
        </p>
      )}
      <Button
        size="xs"
        leftSection={<IconPlus size={13} aria-hidden="true" />}
        onClick={() =>
          set({ headers: [...draft.headers, { key: next, name: "", value: "", hidden: false }] })
        }
      >
        Add header
      </Button>
    </fieldset>
  );
}
