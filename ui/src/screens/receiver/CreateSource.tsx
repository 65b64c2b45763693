// The form for a new source, and what is shown once when it was made.

import { Button, Modal, PasswordInput, Radio, Select, Switch, Textarea, TextInput } from "@mantine/core";
import { useState } from "react";
import type { SavedSource, SourceForm } from "~/api/types";
import { useAct, useCall } from "~/data";
import { CopyButton, fieldError, Pill, ProblemBox, restProblem, sentence, Verdict } from "~/parts";
import classes from "./receiver.module.css";
import { sourceUrl } from "./requests";
import { rememberToken } from "./tokens";

interface Form {
  name: string;
  scheme: string;
  own: boolean;
  secret: string;
  brand: string;
  addresses: string;
  token: boolean;
}

const BLANK: Form = {
  name: "",
  scheme: "trcker",
  own: false,
  secret: "",
  brand: "",
  addresses: "",
  token: false,
};
const FIELDS = ["name", "scheme", "secret", "brand", "allow_ips", "token"];

/** The form as the program takes it. */
export function sourceForm(form: Form): SourceForm {
  const addresses = form.addresses.split(/[\s,]+/).filter((one) => one !== "");
  const unsigned = form.scheme === "none";
  return {
    name: form.name.trim(),
    scheme: form.scheme,
    ...(unsigned ? {} : form.own ? { secret: form.secret } : { generate_secret: true }),
    ...(form.brand.trim() === "" ? {} : { brand: form.brand.trim() }),
    ...(addresses.length > 0 ? { allow_ips: addresses } : {}),
    ...(form.token ? { token: true } : {}),
  };
}

export interface CreateSourceProps {
  receiver: string | null;
  /** Called with the new source when the reader is done, with nothing when the form is left. */
  onClose: (made: string | null) => void;
}

export function CreateSource({ receiver, onClose }: CreateSourceProps) {
  const [form, setForm] = useState(BLANK);
  const [made, setMade] = useState<SavedSource | null>(null);
  const { data: schemes } = useCall("schemes", null, { live: false });
  const { data: platforms } = useCall("platforms", null, { live: false });
  const create = useAct("source_create", {
    after: (source) => {
      if (source.token != null) rememberToken(source.id, source.token);
      setMade(source);
    },
  });
  const change = (part: Partial<Form>) => setForm((old) => ({ ...old, ...part }));
  const users = (scheme: string) =>
    (platforms ?? [])
      .filter((one) => one.scheme === scheme && one.name !== "generic")
      .map((one) => one.title);
  if (made) {
    return (
      <Modal
        opened
        onClose={() => onClose(made.id)}
        title={`The source ${made.name} takes requests`}
        size={600}
      >
        <Made source={made} receiver={receiver} onDone={() => onClose(made.id)} />
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
        <TextInput
          data-autofocus
          label="Name"
          placeholder="shop"
          description={`Stands in the address: ${receiver ?? "http://…"}/in/${form.name.trim() || "shop"}`}
          inputWrapperOrder={["label", "input", "description", "error"]}
          value={form.name}
          onChange={(event) => change({ name: event.currentTarget.value })}
          {...fieldError(create.error, "name")}
        />
        <Select
          label="How the sender signs"
          data={(schemes ?? []).map(({ name, header }) => {
            const title = [name === "none" ? "none: nothing is verified" : name, header, ...users(name)];
            return { value: name, label: title.filter((part) => part !== null).join(" · ") };
          })}
          value={form.scheme}
          onChange={(value) => change({ scheme: value ?? "trcker" })}
          searchable
          {...fieldError(create.error, "scheme")}
        />
        {form.scheme === "none" ? (
          <Verdict tone="retry" headline="Anyone who knows the address can send">
            Restrict it below, by a token in the path or by the addresses that may send.
          </Verdict>
        ) : (
          <Radio.Group
            label="Secret"
            value={form.own ? "own" : "new"}
            onChange={(value) => change({ own: value === "own" })}
          >
            <div className={classes.secret}>
              <Radio value="new" label="Make one, to be entered at the sender" />
              <Radio value="own" label="The sender has one already" />
              {form.own && (
                <PasswordInput
                  aria-label="The sender's secret"
                  placeholder="As the platform shows it"
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
        <Switch
          label="Add a secret token to the path, for senders that cannot sign"
          checked={form.token}
          onChange={(event) => change({ token: event.currentTarget.checked })}
        />
        <Textarea
          label="Only from these addresses"
          placeholder={"203.0.113.20\n198.51.100.0/24"}
          description="One a line; empty takes requests from anywhere."
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
          description="What comes in counts as this brand's, so that its subscriptions match."
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
            Create the source
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
        <Pill tone="retry">Shown only now</Pill>
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

interface MadeProps {
  source: SavedSource;
  receiver: string | null;
  onDone: () => void;
}

function Made({ source, receiver, onDone }: MadeProps) {
  const url = sourceUrl(receiver ?? "", source, source.token ?? undefined);
  return (
    <div className="stack">
      <div className={`card ${classes.once}`}>
        <b>Address</b>
        <div className="line">
          <code className={`mono ${classes.url}`}>{url}</code>
          <CopyButton text={url} label="Copy the address">
            Copy
          </CopyButton>
        </div>
      </div>
      {source.secret != null && <Once name="Secret" text={source.secret} />}
      {source.token != null && <Once name="Path token" text={source.token} />}
      {(source.warnings ?? []).map((warning) => (
        <Verdict key={warning} tone="retry" headline={sentence(warning)} />
      ))}
      <p className="dim">
        Enter them at the platform that sends. The vault keeps its own copy to verify with, and never shows it
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
