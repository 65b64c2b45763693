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
  form: Form;
  change: (part: Partial<Form>) => void;
  problem: Problem | null;
}

function PostbackFields({ form, change, problem }: PartProps) {
  return (
    <>
      <TextInput
        label="Event type"
        value={form.eventType}
        onChange={(event) => change({ eventType: event.currentTarget.value })}
      />
      <Textarea
        label="Parameter mapping"
        placeholder={"click_id = clickId\npayout = payout\nsub1? = sub1"}
        description="One per line; a ? after the parameter makes it optional. Leave empty to map every parameter to a field of the same name."
        inputWrapperOrder={["label", "input", "description", "error"]}
        autosize
        minRows={3}
        value={form.fields}
        onChange={(event) => change({ fields: event.currentTarget.value })}
        {...fieldError(problem, "postback")}
      />
      <TextInput
        label="Deduplication parameters"
        placeholder="click_id"
        description="Postbacks with the same values are stored once. Leave empty to compare the whole query."
        inputWrapperOrder={["label", "input", "description", "error"]}
        value={form.dedupe}
        onChange={(event) => change({ dedupe: event.currentTarget.value })}
      />
    </>
  );
}

function RelayFields({ form, change, problem }: PartProps) {
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
        value={form.relay}
        onChange={(value) => change({ relay: (value ?? "webhook-site") as RelayKind, relayKey: "" })}
      />
      <TextInput
        label="Relay URL"
        placeholder={form.relay === "smee" ? "https://smee.io/…" : "https://webhook.site/…"}
        description="The URL that you give to senders."
        inputWrapperOrder={["label", "input", "description", "error"]}
        value={form.relayUrl}
        onChange={(event) => change({ relayUrl: event.currentTarget.value })}
        {...fieldError(problem, "relay")}
      />
      {form.relay === "webhook-site" && (
        <PasswordInput
          label="Relay API key"
          description="Only if the relay requires one."
          autoComplete="off"
          value={form.relayKey}
          onChange={(event) => change({ relayKey: event.currentTarget.value })}
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
  const [form, setForm] = useState(BLANK);
  const [created, setCreated] = useState<SavedSource | null>(null);
  const { data: schemes } = useCall("schemes", null, { live: false });
  const { data: platforms } = useCall("platforms", null, { live: false });
  const create = useAct("source_create", {
    after: (source) => {
      if (source.token != null) rememberToken(source.id, source.token);
      setCreated(source);
    },
  });
  const change = (part: Partial<Form>) => setForm((old) => ({ ...old, ...part }));
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
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          create.mutate(sourceForm(form));
        }}
      >
        <SegmentedControl
          aria-label="Source kind"
          value={form.kind}
          onChange={(kind) =>
            change({
              kind: kind as Kind,
              scheme: kind === "postback" ? "api-key" : kind === "webhook" ? "trcker" : form.scheme,
            })
          }
          data={[
            { value: "webhook", label: "Webhooks" },
            { value: "postback", label: "Postbacks" },
            { value: "relay", label: "Pull from a relay" },
          ]}
        />
        <p className="dim">{KINDS[form.kind]}</p>
        <TextInput
          data-autofocus
          label="Name"
          placeholder="shop"
          description={
            form.kind === "relay"
              ? "a-z, 0-9, - and _."
              : `Part of the URL: ${receiver ?? "http://…"}/in/${form.name.trim() || "shop"}`
          }
          inputWrapperOrder={["label", "input", "description", "error"]}
          value={form.name}
          onChange={(event) => change({ name: event.currentTarget.value })}
          {...fieldError(create.error, "name")}
        />
        {form.kind === "relay" && <RelayFields form={form} change={change} problem={create.error} />}
        {form.kind === "postback" && <PostbackFields form={form} change={change} problem={create.error} />}
        <Select
          label={form.kind === "postback" ? "Authentication" : "Signature scheme"}
          data={(schemes ?? [])
            .filter(({ name }) => form.kind !== "postback" || ["none", "api-key"].includes(name))
            .map(({ name, header }) => {
              const title = [
                name === "none" ? "none: requests are not verified" : name,
                header,
                ...users(name),
              ];
              return { value: name, label: title.filter((part) => part !== null).join(" · ") };
            })}
          value={form.scheme}
          onChange={(value) => change({ scheme: value ?? "trcker" })}
          searchable
          {...fieldError(create.error, "scheme")}
        />
        {form.scheme === "none" ? (
          <Verdict tone="retry" headline="Anyone who knows the URL can send requests">
            Restrict access below with a path token or an IP allowlist.
          </Verdict>
        ) : (
          <Radio.Group
            label="Signing secret"
            value={form.existingSecret ? "existing" : "new"}
            onChange={(value) => change({ existingSecret: value === "existing" })}
          >
            <div className={classes.secret}>
              <Radio value="new" label="Generate a secret to enter at the sender" />
              <Radio value="existing" label="Use the sender's existing secret" />
              {form.existingSecret && (
                <PasswordInput
                  aria-label="The sender's secret"
                  placeholder="Secret from the platform"
                  autoComplete="off"
                  value={form.secret}
                  onChange={(event) => change({ secret: event.currentTarget.value })}
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
        {form.kind === "postback" && form.scheme === "api-key" && (
          <TextInput
            label="Key parameter"
            value={form.keyParam}
            onChange={(event) => change({ keyParam: event.currentTarget.value })}
          />
        )}
        {form.kind !== "relay" && (
          <Switch
            label="Add a secret path token, for senders that cannot sign"
            checked={form.token}
            onChange={(event) => change({ token: event.currentTarget.checked })}
          />
        )}
        <Textarea
          label="IP allowlist"
          placeholder={"203.0.113.20\n198.51.100.0/24"}
          description="One address or range per line. Leave empty to allow any address."
          inputWrapperOrder={["label", "input", "description", "error"]}
          autosize
          minRows={2}
          value={form.addresses}
          onChange={(event) => change({ addresses: event.currentTarget.value })}
          {...fieldError(create.error, "allow_ips")}
        />
        <TextInput
          label="Brand"
          placeholder="None"
          description="Received events belong to this brand, so its subscriptions match."
          inputWrapperOrder={["label", "input", "description", "error"]}
          value={form.brand}
          onChange={(event) => change({ brand: event.currentTarget.value })}
          {...fieldError(create.error, "brand")}
        />
        {rest && <ProblemBox problem={rest} />}
        <div className="line" style={{ justifyContent: "flex-end" }}>
          <Button onClick={() => onClose(null)}>Cancel</Button>
          <Button
            type="submit"
            variant="filled"
            loading={create.isPending}
            disabled={form.name.trim() === ""}
          >
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
