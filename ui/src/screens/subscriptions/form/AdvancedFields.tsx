// What is rarely changed: scheme, retries, headers, limits, order, private addresses, brand.

import { ActionIcon, Button, Select, Switch, Textarea, TextInput } from "@mantine/core";
import { IconPlus, IconX } from "@tabler/icons-react";
import { useCall } from "~/data";
import { Retry } from "../policy/RetryFields";
import css from "../subscriptions.module.css";
import { isLoopback, parsed } from "../url";
import type { HeaderRow } from "./draft";
import type { FieldProps } from "./fieldProps";

/** Names of schemes, where the name alone does not say whose it is. */
const SCHEMES: Record<string, string> = {
  standard: "Standard Webhooks",
  "hex-body": "HMAC of the body, in hex",
  "base64-body": "HMAC of the body, in base64",
  "api-key": "A header that equals the secret",
  none: "Not signed",
};

export function Advanced({ draft, set, platform, error }: FieldProps) {
  const schemes = useCall("schemes", null, { live: false });
  const own = platform?.scheme ?? "";
  const ownHeader = schemes.data?.find(({ name }) => name === own)?.header;
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
              draft.shape === "postback"
                ? "Not signed"
                : `As ${platform?.title ?? "the platform"} does (${ownHeader ?? named(own)})`,
          },
          ...(schemes.data ?? [])
            .filter(({ name }) => name !== (draft.shape === "postback" ? "none" : own))
            .map(({ name, header }) => ({
              value: name,
              label: header ? `${named(name)} (${header})` : named(name),
            })),
        ]}
        error={error("scheme")}
        style={{ maxWidth: 420 }}
      />
      <Retry draft={draft} set={set} platform={platform} error={error} />
      <Headers draft={draft} set={set} error={error} />
      <div className={css.two} style={{ maxWidth: 420 }}>
        <TextInput
          label="At most so many a second"
          placeholder="no limit"
          inputMode="decimal"
          value={draft.rate}
          onChange={(event) => set({ rate: event.currentTarget.value })}
          error={error("rate_per_second")}
        />
        <TextInput
          label="At most so many at a time"
          placeholder="no limit of its own"
          inputMode="numeric"
          value={draft.concurrency}
          onChange={(event) => set({ concurrency: event.currentTarget.value })}
          error={error("concurrency")}
        />
      </div>
      <TextInput
        label="Switch it off after it has failed for"
        placeholder="never by itself"
        value={draft.autoDisable}
        onChange={(event) => set({ autoDisable: event.currentTarget.value })}
        error={error("auto_disable_after_ms")}
        description="It warns at half that time. What waits is kept."
        inputWrapperOrder={["label", "input", "description", "error"]}
        style={{ maxWidth: 420 }}
      />
      <Switch
        label="One after the other, in order"
        description="The next event waits until the one before is delivered or has failed for good."
        checked={draft.ordered}
        onChange={(event) => set({ ordered: event.currentTarget.checked })}
      />
      {draft.ordered && (
        <TextInput
          label="Only among events with the same"
          placeholder="all of them"
          description="A field such as data.customerId: each customer's events keep their order, and nobody waits for another's."
          inputWrapperOrder={["label", "input", "description", "error"]}
          spellCheck={false}
          value={draft.orderedBy}
          onChange={(event) => set({ orderedBy: event.currentTarget.value })}
          error={error("ordered_by")}
          style={{ maxWidth: 420 }}
        />
      )}
      <Switch
        label="Allow addresses of private networks"
        description="Off, requests to 10.x, 172.16.x, 192.168.x and the like are refused before they are sent."
        checked={draft.private}
        onChange={(event) => set({ private: event.currentTarget.checked })}
      />
      <Trust draft={draft} set={set} error={error} />
      <TextInput
        label="Only events of this brand"
        placeholder="any brand, or none"
        value={draft.brand}
        spellCheck={false}
        onChange={(event) => set({ brand: event.currentTarget.value })}
        error={error("brand")}
        style={{ maxWidth: 340 }}
      />
    </div>
  );
}

function Trust({ draft, set, error }: Pick<FieldProps, "draft" | "set" | "error">) {
  const url = parsed(draft.url);
  if (url?.protocol !== "https:" && draft.caPem === "" && !draft.unchecked) return null;
  const here = url !== undefined && isLoopback(url.hostname);
  return (
    <>
      <Textarea
        label="Certificates to trust beside the system's"
        description="Of your own authority, as PEM. They count for this subscription only."
        placeholder="-----BEGIN CERTIFICATE-----"
        spellCheck={false}
        autosize
        minRows={2}
        maxRows={8}
        classNames={{ input: "mono" }}
        value={draft.caPem}
        onChange={(event) => set({ caPem: event.currentTarget.value })}
        error={error("ca_pem")}
      />
      {(here || draft.unchecked) && (
        <Switch
          label="Do not check the certificate of this endpoint"
          description="Possible on this machine only. It is marked wherever the endpoint is shown."
          checked={draft.unchecked}
          onChange={(event) => set({ unchecked: event.currentTarget.checked })}
          error={error("skip_tls_verify")}
        />
      )}
    </>
  );
}

function Headers({ draft, set, error }: Pick<FieldProps, "draft" | "set" | "error">) {
  const change = (key: number, part: Partial<HeaderRow>) =>
    set({ headers: draft.headers.map((row) => (row.key === key ? { ...row, ...part } : row)) });
  const next = Math.max(0, ...draft.headers.map((row) => row.key + 1));
  const wrong = error("headers");
  return (
    <fieldset>
      <legend className="dim" style={{ fontSize: 12, padding: 0, marginBottom: 2 }}>
        Headers added to every request
      </legend>
      {draft.headers.map((row) => (
        <div key={row.key} className={css.headerRow}>
          <TextInput
            aria-label="Name of the header"
            placeholder="X-Team"
            spellCheck={false}
            value={row.name}
            onChange={(event) => change(row.key, { name: event.currentTarget.value })}
          />
          <TextInput
            aria-label={`Value of ${row.name || "the header"}`}
            placeholder={row.hidden ? "kept, not shown" : ""}
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
        Add a header
      </Button>
    </fieldset>
  );
}
