// The payload: the event unchanged, the output of a template, or a postback URL.

import { Button, SegmentedControl, Select, TextInput } from "@mantine/core";
import { useRef, useState } from "react";
import type { PreviewField, PreviewProblem } from "~/api/types";
import { useCall } from "~/data";
import { Editor, type EditorHandle } from "~/parts/code/Editor";
import css from "../subscriptions.module.css";
import type { PayloadKind } from "./draft";
import type { DraftForm } from "./fieldProps";

export interface PayloadFieldsProps {
  form: DraftForm;
  error: (field: string) => string | undefined;
  /** The fields for templates and macros. */
  fields: readonly PreviewField[];
  /** The problems that the preview found. */
  problems: readonly PreviewProblem[];
}

const PAYLOADS: { value: PayloadKind; label: string }[] = [
  { value: "event", label: "Event" },
  { value: "template", label: "Template" },
  { value: "postback", label: "Postback URL" },
];

const EXPLANATIONS: Record<PayloadKind, string> = {
  event: "A signed POST with the exact bytes of the event.",
  template: "A signed POST with the output of a template, for Slack, a form or a CRM.",
  postback: "A request with values in the URL, as trackers and networks expect.",
};

export function PayloadFields({ form, error, fields, problems }: PayloadFieldsProps) {
  const { values: draft, setValues: set } = form;
  const posts = draft.payload === "template" || (draft.payload === "postback" && draft.method === "POST");
  return (
    <div>
      <Label>Payload</Label>
      <SegmentedControl
        size="xs"
        aria-label="Payload"
        value={draft.payload}
        onChange={(value) => set({ payload: PAYLOADS.find((s) => s.value === value)?.value ?? "event" })}
        data={PAYLOADS}
      />
      <p className="dim" style={{ marginTop: 4 }}>
        {EXPLANATIONS[draft.payload]}
      </p>
      {draft.payload === "postback" && <Macros form={form} error={error} fields={fields} />}
      {posts && <Template form={form} error={error} fields={fields} problems={problems} />}
    </div>
  );
}

function Macros({ form, error, fields }: Omit<PayloadFieldsProps, "problems">) {
  const { values: draft, setValues: set } = form;
  return (
    <div style={{ marginTop: 8 }}>
      <SegmentedControl
        size="xs"
        aria-label="Method"
        value={draft.method}
        onChange={(value) => set({ method: value === "POST" ? "POST" : "GET" })}
        data={[
          { value: "GET", label: "GET, no body" },
          { value: "POST", label: "POST" },
        ]}
      />
      {error("method") && (
        <p className={css.error} role="alert">
          {error("method")}
        </p>
      )}
      <Fields
        fields={fields}
        hint="Click a field to append it to the URL. Values are percent-encoded."
        toText={({ path }) => `{${path}}`}
        onPick={(macro) => set({ url: `${draft.url}${macro}` })}
      />
    </div>
  );
}

function Template({ form, error, fields, problems }: PayloadFieldsProps) {
  const { values: draft, setValues: set } = form;
  const editor = useRef<EditorHandle>(null);
  const templates = useCall("templates", null, { live: false });
  const [help, setHelp] = useState(false);
  const found = problems.filter((problem) => problem.field === "template");
  const message = error("template") ?? found[0]?.message;
  return (
    <div style={{ marginTop: 8 }}>
      <div className="line" style={{ marginBottom: 6 }}>
        <span className="dim">Start from</span>
        {templates.data?.presets.map((preset) => (
          <Button
            key={preset.name}
            size="xs"
            title={preset.summary}
            onClick={() => set({ template: preset.template, contentType: "" })}
          >
            {preset.title}
          </Button>
        ))}
        <span className="grow" />
        <Button size="xs" variant="subtle" color="gray" aria-expanded={help} onClick={() => setHelp(!help)}>
          Filters
        </Button>
      </div>
      {help && (
        <dl className={css.filters}>
          {templates.data?.filters.map((filter) => (
            <div key={filter.name}>
              <dt className="mono">{filter.name}</dt>
              <dd>
                <span className="dim">{filter.meaning}</span> <code>{filter.example}</code>
              </dd>
            </div>
          ))}
        </dl>
      )}
      <Editor
        ref={editor}
        label="Template"
        text={draft.template}
        onChange={(template) => set({ template })}
        wrongLines={found.flatMap(({ line }) => (line === null ? [] : [line]))}
        placeholder={
          draft.payload === "postback"
            ? "Leave empty to send the event"
            : '{"text": "New conversion {{ data.conversionId }}"}'
        }
      />
      {message && (
        <p className={css.error} role="alert">
          {message}
        </p>
      )}
      <Fields
        fields={fields}
        hint="Click a field to insert it at the cursor."
        toText={({ path }) => `{{ ${path} }}`}
        onPick={(text) => editor.current?.insert(text)}
      />
      <div className="line" style={{ marginTop: 8 }}>
        <Select
          label="Content type"
          value={
            draft.contentType === "" ? "" : TYPES.includes(draft.contentType) ? draft.contentType : "other"
          }
          onChange={(value) => set({ contentType: value === "other" ? "text/csv" : (value ?? "") })}
          data={[
            { value: "", label: "Detect from the template" },
            ...TYPES.map((type) => ({ value: type, label: type })),
            { value: "other", label: "Other" },
          ]}
          error={error("content_type")}
          style={{ maxWidth: 280 }}
        />
        {draft.contentType !== "" && !TYPES.includes(draft.contentType) && (
          <TextInput label="Custom content type" spellCheck={false} {...form.getInputProps("contentType")} />
        )}
      </div>
    </div>
  );
}

const TYPES = [
  "application/json",
  "application/x-www-form-urlencoded",
  "application/xml",
  "text/plain; charset=utf-8",
];

interface FieldsProps {
  fields: readonly PreviewField[];
  hint: string;
  toText: (field: PreviewField) => string;
  onPick: (text: string) => void;
}

/** The fields of the preview event, as buttons. */
function Fields({ fields, hint, toText, onPick }: FieldsProps) {
  if (fields.length === 0) return null;
  return (
    <div style={{ marginTop: 8 }}>
      <p className="faint">{hint}</p>
      <div className={css.fieldChips}>
        {fields.map((field) => (
          <button
            key={field.path}
            type="button"
            className={`${css.chip} mono`}
            title={`${toText(field)} is ${field.value}`}
            onClick={() => onPick(toText(field))}
          >
            {field.path}
          </button>
        ))}
      </div>
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
