// Where to: the URL, a name, the secret; and behind a fold what is rarely changed.

import { Button, PasswordInput, SegmentedControl, TextInput } from "@mantine/core";
import { IconChevronDown, IconChevronRight } from "@tabler/icons-react";
import { useId, useState } from "react";
import type { BrandView, PreviewField, PreviewProblem } from "~/api/types";
import css from "../subscriptions.module.css";
import { isLoopback, isPrivate, parsed, suggestName, urlTrouble } from "../url";
import { Advanced } from "./AdvancedFields";
import { type Draft, mayGoUnsigned, type SecretChoice, schemeOf } from "./draft";
import type { FieldProps } from "./fieldProps";
import { Sent } from "./PayloadFields";
import { AtPlatform } from "./SenderField";

export interface EndpointFieldsProps extends FieldProps {
  /** Whether a secret is kept already. */
  kept?: boolean;
  /** Puts the cursor into the URL. */
  focus?: boolean;
  /** What a template or macro can name in the event of the preview. */
  fields?: readonly PreviewField[];
  /** What the preview finds wrong. */
  problems?: readonly PreviewProblem[];
  /** The brand at whose platform it runs, which then decides the rest. */
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
  "give_up",
  "timeout",
  "auto_disable_after_ms",
];

export function Where({
  draft,
  set,
  platform,
  error,
  kept = false,
  focus = false,
  fields = [],
  problems = [],
  at,
}: EndpointFieldsProps) {
  const wrongThere = ADVANCED.some((field) => error(field) !== undefined);
  const [unfolded, setUnfolded] = useState(false);
  const [left, setLeft] = useState(false);
  const id = useId();
  const url = parsed(draft.url);
  const trouble = urlTrouble(draft.url, platform);
  // While a URL is begun it is not wrong yet.
  const live = left || /^https?:\/\/[^/]/.test(draft.url) ? trouble : undefined;
  const open = unfolded || wrongThere;
  return (
    <div className={css.fields}>
      <div>
        <TextInput
          label={draft.shape === "postback" ? "URL with macros" : "URL of your receiver"}
          placeholder={
            draft.shape === "postback"
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
        {url && !trouble && <Remark url={url} draft={draft} set={set} />}
      </div>
      {!at && <Sent draft={draft} set={set} error={error} fields={fields} problems={problems} />}
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
      <Secret draft={draft} set={set} platform={platform} error={error} kept={kept} at={at} />
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
            Retries, headers, limits and more
          </Button>
          {open && (
            <div id={id} style={{ marginTop: 10 }}>
              <Advanced draft={draft} set={set} platform={platform} error={error} />
            </div>
          )}
        </div>
      )}
    </div>
  );
}

function Remark({ url, draft, set }: { url: URL; draft: Draft; set: (change: Partial<Draft>) => void }) {
  if (isPrivate(url.hostname) && !draft.private) {
    return (
      <p className="line" style={{ marginTop: 6 }}>
        <span style={{ color: "var(--retry)" }}>
          This address lies in a private network. Hookbench sends there only if you allow it.
        </span>
        <Button size="xs" onClick={() => set({ private: true })}>
          Allow it
        </Button>
      </p>
    );
  }
  if (isLoopback(url.hostname)) {
    return <p className="dim">This machine. Start your receiver before you send the test.</p>;
  }
  if (url.protocol === "http:") {
    return (
      <p style={{ color: "var(--retry)" }}>
        http:// is not encrypted: whoever sits in between can read and change what is sent.
      </p>
    );
  }
  return null;
}

const SAID: Record<SecretChoice, string> = {
  keep: "The secret that is kept goes on signing.",
  generate: "Hookbench makes a strong one and shows it once, after saving.",
  give: "Use the one your receiver knows already.",
  none: "Requests are not signed: your receiver cannot tell them from forged ones.",
};

function Secret({ draft, set, platform, error, kept, at }: Omit<EndpointFieldsProps, "focus">) {
  const scheme = schemeOf(draft, platform);
  if (scheme === "none") {
    return (
      <div>
        <Label>Secret</Label>
        <p className="dim">
          {draft.shape === "postback" && draft.scheme === ""
            ? "Postbacks are not signed unless you choose a signature scheme below."
            : "This scheme signs nothing, so there is no secret."}
        </p>
      </div>
    );
  }
  const choices: { value: SecretChoice; label: string }[] = [
    ...(kept ? [{ value: "keep" as const, label: "Keep it" }] : []),
    { value: "generate", label: "Generate one" },
    { value: "give", label: "Give one" },
    ...(mayGoUnsigned(draft, platform)
      ? [{ value: "none" as const, label: kept ? "Remove it" : "None" }]
      : []),
  ];
  const wrong = error("secret");
  return (
    <div>
      <Label>Secret that signs each request</Label>
      <SegmentedControl
        size="xs"
        aria-label="Secret"
        value={draft.secret}
        onChange={(value) => set({ secret: choices.find((c) => c.value === value)?.value ?? "generate" })}
        data={choices}
      />
      <p className="dim" style={{ marginTop: 4 }}>
        {at && draft.secret === "generate"
          ? `Hookbench makes a strong one, gives it to ${at.platform_title}, and shows it once, after saving.`
          : SAID[draft.secret]}
      </p>
      {draft.secret === "give" ? (
        <PasswordInput
          aria-label="The secret"
          placeholder={scheme === "standard" || scheme === "svix" ? "whsec_…" : "The secret"}
          autoComplete="off"
          value={draft.given}
          onChange={(event) => set({ given: event.currentTarget.value })}
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
