// The endpoint: URL, payload, name and secret, with the advanced fields folded.

import { Button, PasswordInput, SegmentedControl, TextInput } from "@mantine/core";
import { IconChevronDown, IconChevronRight } from "@tabler/icons-react";
import { useId, useState } from "react";
import type { BrandView, PreviewField, PreviewProblem } from "~/api/types";
import css from "../subscriptions.module.css";
import { isLoopback, isPrivate, parsed, suggestName, urlError } from "../url";
import { AdvancedFields } from "./AdvancedFields";
import { mayGoUnsigned, type SecretChoice, schemeOf } from "./draft";
import type { DraftForm, FieldProps } from "./fieldProps";
import { PayloadFields } from "./PayloadFields";
import { AtPlatform } from "./SenderField";

export interface EndpointFieldsProps extends FieldProps {
  /** Whether a secret is stored already. */
  hasSecret?: boolean;
  /** Focuses the URL. */
  focus?: boolean;
  /** The fields of the preview event, for templates and macros. */
  fields?: readonly PreviewField[];
  /** The problems that the preview found. */
  problems?: readonly PreviewProblem[];
  /** The brand at whose platform it runs. The platform decides the rest. */
  at?: BrandView | undefined;
}

const ADVANCED = [
  "scheme",
  "policy",
  "headers",
  "rate_per_second",
  "concurrency",
  "brand",
  "ca_pem",
  "skip_tls_verify",
  "max_age_ms",
  "timeout",
  "auto_disable_after_ms",
];

export function EndpointFields({
  form,
  platform,
  error,
  hasSecret = false,
  focus = false,
  fields = [],
  problems = [],
  at,
}: EndpointFieldsProps) {
  const { values: draft, setValues: set } = form;
  const advancedError = ADVANCED.some((field) => error(field) !== undefined);
  const [unfolded, setUnfolded] = useState(false);
  const [left, setLeft] = useState(false);
  const id = useId();
  const url = parsed(draft.url);
  const trouble = urlError(draft.url, platform);
  // An incomplete URL is not an error while it is being typed.
  const live = left || /^https?:\/\/[^/]/.test(draft.url) ? trouble : undefined;
  const open = unfolded || advancedError;
  return (
    <div className={css.fields}>
      <div>
        <TextInput
          label={draft.payload === "postback" ? "URL with macros" : "Endpoint URL"}
          placeholder={
            draft.payload === "postback"
              ? "https://track.example.com/pb?cid={data.clickId}"
              : "https://example.com/hooks"
          }
          size="md"
          type="url"
          spellCheck={false}
          autoComplete="off"
          autoFocus={focus}
          value={draft.url}
          onChange={(event) => {
            const next = event.currentTarget.value;
            set({ url: next, ...(draft.named ? {} : { name: suggestName(next) }) });
          }}
          onBlur={() => setLeft(true)}
          error={error("url") ?? live}
        />
        {url && !trouble && <UrlNote url={url} form={form} />}
      </div>
      {!at && <PayloadFields form={form} error={error} fields={fields} problems={problems} />}
      <TextInput
        label="Name"
        placeholder={suggestName(draft.url) || "CRM"}
        value={draft.name}
        onChange={(event) =>
          set({ name: event.currentTarget.value, named: event.currentTarget.value !== "" })
        }
        error={error("name")}
        style={{ maxWidth: 340 }}
      />
      <Secret form={form} platform={platform} error={error} hasSecret={hasSecret} at={at} />
      {at ? (
        <AtPlatform brand={at} />
      ) : (
        <div>
          <Button
            variant="subtle"
            color="gray"
            aria-expanded={open}
            aria-controls={id}
            leftSection={open ? <IconChevronDown size={14} /> : <IconChevronRight size={14} />}
            onClick={() => setUnfolded(!open)}
            style={{ marginLeft: -10 }}
          >
            Advanced settings
          </Button>
          {open && (
            <div id={id} style={{ marginTop: 10 }}>
              <AdvancedFields form={form} platform={platform} error={error} />
            </div>
          )}
        </div>
      )}
    </div>
  );
}

function UrlNote({ url, form }: { url: URL; form: DraftForm }) {
  const { values: draft, setValues: set } = form;
  if (isPrivate(url.hostname) && !draft.allowPrivate) {
    return (
      <p className="line" style={{ marginTop: 6 }}>
        <span style={{ color: "var(--retry)" }}>
          This is a private address. Hookbench sends to it only if you allow it.
        </span>
        <Button size="xs" onClick={() => set({ allowPrivate: true })}>
          Allow
        </Button>
      </p>
    );
  }
  if (isLoopback(url.hostname)) {
    return <p className="dim">On this machine. Start your endpoint before you send the test.</p>;
  }
  if (url.protocol === "http:") {
    return (
      <p style={{ color: "var(--retry)" }}>
        http:// is not encrypted. Requests can be read and changed in transit.
      </p>
    );
  }
  return null;
}

const EXPLANATIONS: Record<SecretChoice, string> = {
  keep: "The stored secret stays in use.",
  generate: "Hookbench generates a strong secret and shows it once, after saving.",
  give: "Use the secret that your endpoint already has.",
  none: "Requests are unsigned, so your endpoint cannot detect forged ones.",
};

function Secret({ form, platform, error, hasSecret, at }: Omit<EndpointFieldsProps, "focus">) {
  const { values: draft, setValues: set } = form;
  const scheme = schemeOf(draft, platform);
  if (scheme === "none") {
    return (
      <div>
        <Label>Signing secret</Label>
        <p className="dim">
          {draft.payload === "postback" && draft.scheme === ""
            ? "Postbacks are unsigned unless you choose a signature scheme below."
            : "This scheme does not sign, so there is no secret."}
        </p>
      </div>
    );
  }
  const choices: { value: SecretChoice; label: string }[] = [
    ...(hasSecret ? [{ value: "keep" as const, label: "Keep" }] : []),
    { value: "generate", label: "Generate" },
    { value: "give", label: "Enter" },
    ...(mayGoUnsigned(draft, platform)
      ? [{ value: "none" as const, label: hasSecret ? "Remove" : "None" }]
      : []),
  ];
  const wrong = error("secret");
  return (
    <div>
      <Label>Signing secret</Label>
      <SegmentedControl
        size="xs"
        aria-label="Signing secret"
        value={draft.secret}
        onChange={(value) => set({ secret: choices.find((c) => c.value === value)?.value ?? "generate" })}
        data={choices}
      />
      <p className="dim" style={{ marginTop: 4 }}>
        {at && draft.secret === "generate"
          ? `Hookbench generates a strong secret, passes it to ${at.platform_title}, and shows it once, after saving.`
          : EXPLANATIONS[draft.secret]}
      </p>
      {draft.secret === "give" ? (
        <PasswordInput
          aria-label="Signing secret value"
          placeholder={scheme === "standard" || scheme === "svix" ? "whsec_…" : "Secret"}
          autoComplete="off"
          {...form.getInputProps("secretValue")}
          error={wrong}
          style={{ maxWidth: 420, marginTop: 6 }}
        />
      ) : (
        wrong && (
          <p className={css.error} role="alert">
            {wrong}
          </p>
        )
      )}
    </div>
  );
}

function Label({ children }: { children: string }) {
  return (
    <div className="dim" style={{ fontSize: 12, marginBottom: 2 }}>
      {children}
    </div>
  );
}
