// The form for a new source, and the credentials that are shown once.

import {
  Button,
  Modal,
  PasswordInput,
  Radio,
  SegmentedControl,
  Select,
  Switch,
  Textarea,
  TextInput,
} from "@mantine/core";
import { type UseFormReturnType, useForm } from "@mantine/form";
import { useState } from "react";
import type { Problem } from "~/api";
import type { FieldRule, RelayKind, SavedSource, SourceForm } from "~/api/types";
import { useAct, useCall } from "~/data";
import { CopyButton, fieldError, Pill, ProblemBox, restProblem, sentence, Verdict } from "~/parts";
import classes from "../receiver.module.css";
import { postbackUrl, sourceUrl } from "../requests/requests";
import { rememberToken } from "./tokens";

/** The kind of a source. */
type Kind = "webhook" | "postback" | "relay";

interface Form {
  kind: Kind;
  eventType: string;
  fields: string;
  dedupe: string;
  keyParam: string;
  relay: RelayKind;
  relayUrl: string;
  relayKey: string;
  name: string;
  scheme: string;
  existingSecret: boolean;
  secret: string;
  brand: string;
  addresses: string;
  token: boolean;
}

const BLANK: Form = {
  kind: "webhook",
  eventType: "conversion.created",
  fields: "",
  dedupe: "",
  keyParam: "key",
  relay: "webhook-site",
  relayUrl: "",
  relayKey: "",
  name: "",
  scheme: "trcker",
  existingSecret: false,
  secret: "",
  brand: "",
  addresses: "",
  token: false,
};
const FIELDS = ["name", "scheme", "secret", "brand", "allow_ips", "token", "postback", "relay"];
const words = (text: string) => text.split(/[\s,]+/).filter((one) => one !== "");

/** Lines of `click_id = clickId`; a `?` after the parameter marks it as optional. */
export function readFields(text: string): FieldRule[] {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "")
    .map((line) => {
      const [left = "", right] = line.split("=").map((part) => part.trim());
      const param = left.replace(/\?$/, "");
      return { param, field: right || param, ...(left.endsWith("?") ? { optional: true } : {}) };
    });
}

/** The form as command input. */
export function sourceForm(form: Form): SourceForm {
  const addresses = words(form.addresses);
  const unsigned = form.scheme === "none";
  const fields = readFields(form.fields);
  const dedupe = words(form.dedupe);
  const keyParam = form.keyParam.trim();
  return {
    name: form.name.trim(),
    scheme: form.scheme,
    ...(unsigned ? {} : form.existingSecret ? { secret: form.secret } : { generate_secret: true }),
    ...(form.brand.trim() === "" ? {} : { brand: form.brand.trim() }),
    ...(addresses.length > 0 ? { allow_ips: addresses } : {}),
    ...(form.token && form.kind !== "relay" ? { token: true } : {}),
    ...(form.kind === "postback"
      ? {
          postback: {
            event_type: form.eventType.trim(),
            ...(fields.length > 0 ? { fields } : {}),
            ...(dedupe.length > 0 ? { dedupe } : {}),
            ...(!unsigned && keyParam !== "" ? { key_param: keyParam } : {}),
          },
        }
      : {}),
    ...(form.kind === "relay"
      ? {
          relay: {
            kind: form.relay,
            url: form.relayUrl.trim(),
            ...(form.relayKey === "" ? {} : { key: form.relayKey }),
          },
        }
      : {}),
  };
}

const KINDS: Record<Kind, string> = {
  webhook: "A platform posts JSON, signed or unsigned.",
  postback:
    "An affiliate network calls a URL with values in the query (S2S), by GET or as a form. Each postback becomes an event.",
  relay:
    "A public service receives requests for you, and Hookbench pulls them. This machine needs no public address.",
};

interface PartProps {
  form: UseFormReturnType<Form>;
  problem: Problem | null;
}

function PostbackFields({ form, problem }: PartProps) {
  return (
    <>
      <TextInput label="Event type" {...form.getInputProps("eventType")} />
      <Textarea
        label="Parameter mapping"
        placeholder={"click_id = clickId\npayout = payout\nsub1? = sub1"}
        description="One per line; a ? after the parameter makes it optional. Leave empty to map every parameter to a field of the same name."
        inputWrapperOrder={["label", "input", "description", "error"]}
        autosize
        minRows={3}
        {...form.getInputProps("fields")}
        {...fieldError(problem, "postback")}
      />
      <TextInput
        label="Deduplication parameters"
        placeholder="click_id"
        description="Postbacks with the same values are stored once. Leave empty to compare the whole query."
        inputWrapperOrder={["label", "input", "description", "error"]}
        {...form.getInputProps("dedupe")}
      />
    </>
  );
}

function RelayFields({ form, problem }: PartProps) {
  return (
    <>
      <Select
        label="Relay"
        data={[
          { value: "webhook-site", label: "webhook.site and compatible · preserves bodies" },
          {
            value: "smee",
            label: "smee.io and compatible · re-serializes bodies, so signatures may not verify",
          },
        ]}
        value={form.values.relay}
        onChange={(value) => form.setValues({ relay: (value ?? "webhook-site") as RelayKind, relayKey: "" })}
      />
      <TextInput
        label="Relay URL"
        placeholder={form.values.relay === "smee" ? "https://smee.io/…" : "https://webhook.site/…"}
        description="The URL that you give to senders."
        inputWrapperOrder={["label", "input", "description", "error"]}
        {...form.getInputProps("relayUrl")}
        {...fieldError(problem, "relay")}
      />
      {form.values.relay === "webhook-site" && (
        <PasswordInput
          label="Relay API key"
          description="Only if the relay requires one."
          autoComplete="off"
          {...form.getInputProps("relayKey")}
        />
      )}
    </>
  );
}

export interface CreateSourceProps {
  receiver: string | null;
  /** Called with the new source, or with `null` if the form is cancelled. */
  onClose: (created: string | null) => void;
}

export function CreateSource({ receiver, onClose }: CreateSourceProps) {
  const form = useForm<Form>({ initialValues: BLANK });
  const { kind, name, scheme, existingSecret } = form.values;
  const [created, setCreated] = useState<SavedSource | null>(null);
  const { data: schemes } = useCall("schemes", null, { live: false });
  const { data: platforms } = useCall("platforms", null, { live: false });
  const create = useAct("source_create", {
    after: (source) => {
      if (source.token != null) rememberToken(source.id, source.token);
      setCreated(source);
    },
  });
  const users = (scheme: string) =>
    (platforms ?? [])
      .filter((one) => one.scheme === scheme && one.name !== "generic")
      .map((one) => one.title);
  if (created) {
    return (
      <Modal opened onClose={() => onClose(created.id)} title={`Source ${created.name} is ready`} size={600}>
        <CreatedSource source={created} receiver={receiver} onDone={() => onClose(created.id)} />
      </Modal>
    );
  }
  const rest = restProblem(create.error, FIELDS);
  return (
    <Modal opened onClose={() => onClose(null)} title="New source" size={600}>
      <form className="stack" onSubmit={form.onSubmit((values) => create.mutate(sourceForm(values)))}>
        <SegmentedControl
          aria-label="Source kind"
          value={kind}
          onChange={(next) =>
            form.setValues({
              kind: next as Kind,
              scheme: next === "postback" ? "api-key" : next === "webhook" ? "trcker" : scheme,
            })
          }
          data={[
            { value: "webhook", label: "Webhooks" },
            { value: "postback", label: "Postbacks" },
            { value: "relay", label: "Pull from a relay" },
          ]}
        />
        <p className="dim">{KINDS[kind]}</p>
        <TextInput
          data-autofocus
          label="Name"
          placeholder="shop"
          description={
            kind === "relay"
              ? "a-z, 0-9, - and _."
              : `Part of the URL: ${receiver ?? "http://…"}/in/${name.trim() || "shop"}`
          }
          inputWrapperOrder={["label", "input", "description", "error"]}
          {...form.getInputProps("name")}
          {...fieldError(create.error, "name")}
        />
        {kind === "relay" && <RelayFields form={form} problem={create.error} />}
        {kind === "postback" && <PostbackFields form={form} problem={create.error} />}
        <Select
          label={kind === "postback" ? "Authentication" : "Signature scheme"}
          data={(schemes ?? [])
            .filter((one) => kind !== "postback" || ["none", "api-key"].includes(one.name))
            .map((one) => {
              const title = [
                one.name === "none" ? "none: requests are not verified" : one.name,
                one.header,
                ...users(one.name),
              ];
              return { value: one.name, label: title.filter((part) => part !== null).join(" · ") };
            })}
          allowDeselect={false}
          searchable
          {...form.getInputProps("scheme")}
          {...fieldError(create.error, "scheme")}
        />
        {scheme === "none" ? (
          <Verdict tone="retry" headline="Anyone who knows the URL can send requests">
            Restrict access below with a path token or an IP allowlist.
          </Verdict>
        ) : (
          <Radio.Group
            label="Signing secret"
            value={existingSecret ? "existing" : "new"}
            onChange={(value) => form.setFieldValue("existingSecret", value === "existing")}
          >
            <div className={classes.secret}>
              <Radio value="new" label="Generate a secret to enter at the sender" />
              <Radio value="existing" label="Use the sender's existing secret" />
              {existingSecret && (
                <PasswordInput
                  aria-label="The sender's secret"
                  placeholder="Secret from the platform"
                  autoComplete="off"
                  {...form.getInputProps("secret")}
                />
              )}
            </div>
            {fieldError(create.error, "secret").error && (
              <p role="alert" className={classes.error}>
                {fieldError(create.error, "secret").error}
              </p>
            )}
          </Radio.Group>
        )}
        {kind === "postback" && scheme === "api-key" && (
          <TextInput label="Key parameter" {...form.getInputProps("keyParam")} />
        )}
        {kind !== "relay" && (
          <Switch
            label="Add a secret path token, for senders that cannot sign"
            {...form.getInputProps("token", { type: "checkbox" })}
          />
        )}
        <Textarea
          label="IP allowlist"
          placeholder={"203.0.113.20\n198.51.100.0/24"}
          description="One address or range per line. Leave empty to allow any address."
          inputWrapperOrder={["label", "input", "description", "error"]}
          autosize
          minRows={2}
          {...form.getInputProps("addresses")}
          {...fieldError(create.error, "allow_ips")}
        />
        <TextInput
          label="Brand"
          placeholder="None"
          description="Received events belong to this brand, so its subscriptions match."
          inputWrapperOrder={["label", "input", "description", "error"]}
          {...form.getInputProps("brand")}
          {...fieldError(create.error, "brand")}
        />
        {rest && <ProblemBox problem={rest} />}
        <div className="line" style={{ justifyContent: "flex-end" }}>
          <Button onClick={() => onClose(null)}>Cancel</Button>
          <Button type="submit" variant="filled" loading={create.isPending} disabled={name.trim() === ""}>
            Create source
          </Button>
        </div>
      </form>
    </Modal>
  );
}

function Once({ name, text }: { name: string; text: string }) {
  return (
    <div className={`card ${classes.once}`}>
      <div className="line">
        <b className="grow">{name}</b>
        <Pill tone="retry">Shown once</Pill>
      </div>
      <div className="line">
        <code className={`mono ${classes.url}`}>{text}</code>
        <CopyButton text={text} label={`Copy: ${name}`}>
          Copy
        </CopyButton>
      </div>
    </div>
  );
}

interface CreatedSourceProps {
  source: SavedSource;
  receiver: string | null;
  onDone: () => void;
}

function CreatedSource({ source, receiver, onDone }: CreatedSourceProps) {
  const here = sourceUrl(receiver ?? "", source, source.token ?? undefined);
  const base = source.relay?.url ?? here;
  const url = source.postback ? postbackUrl(base, source.postback) : base;
  return (
    <div className="stack">
      <div className={`card ${classes.once}`}>
        <b>URL</b>
        <div className="line">
          <code className={`mono ${classes.url}`}>{url}</code>
          <CopyButton text={url} label="Copy URL">
            Copy
          </CopyButton>
        </div>
      </div>
      {source.secret != null && <Once name="Signing secret" text={source.secret} />}
      {source.token != null && <Once name="Path token" text={source.token} />}
      {(source.warnings ?? []).map((warning) => (
        <Verdict key={warning} tone="retry" headline={sentence(warning)} />
      ))}
      <p className="dim">
        Enter these at the sending platform. The vault keeps a sealed copy for verification and never shows it
        again.
      </p>
      <div className="line" style={{ justifyContent: "flex-end" }}>
        <Button variant="filled" onClick={onDone}>
          Done
        </Button>
      </div>
    </div>
  );
}
