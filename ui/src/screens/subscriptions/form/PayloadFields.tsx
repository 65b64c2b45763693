// What is sent: the event as it is, what a template renders of it, or a URL that is filled from it.

import { Button, SegmentedControl, Select, TextInput } from "@mantine/core";
import { useRef, useState } from "react";
import type { PreviewField, PreviewProblem } from "~/api/types";
import { useCall } from "~/data";
import { Editor, type EditorHandle } from "~/parts/code/Editor";
import css from "../subscriptions.module.css";
import type { Draft, Shape } from "./draft";

export interface SentProps {
  draft: Draft;
  set: (change: Partial<Draft>) => void;
  error: (field: string) => string | undefined;
  /** What a template or macro can name. */
  fields: readonly PreviewField[];
  /** What the preview finds wrong. */
  problems: readonly PreviewProblem[];
}

const SHAPES: { value: Shape; label: string }[] = [
  { value: "event", label: "The event as it is" },
  { value: "template", label: "A template" },
  { value: "postback", label: "A postback URL" },
];

const SAID: Record<Shape, string> = {
  event: "A signed POST with the bytes of the event, untouched.",
  template: "A signed POST with what your template makes of the event, for Slack, a form or a CRM.",
  postback: "A request whose URL carries the values, as trackers and networks expect it.",
};

export function Sent({ draft, set, error, fields, problems }: SentProps) {
  const posts = draft.shape === "template" || (draft.shape === "postback" && draft.method === "POST");
  return (
    <div>
      <Label>What is sent</Label>
      <SegmentedControl
        size="xs"
        aria-label="What is sent"
        value={draft.shape}
        onChange={(value) => set({ shape: SHAPES.find((s) => s.value === value)?.value ?? "event" })}
        data={SHAPES}
      />
      <p className="dim" style={{ marginTop: 4 }}>
        {SAID[draft.shape]}
      </p>
      {draft.shape === "postback" && <Macros draft={draft} set={set} error={error} fields={fields} />}
      {posts && <Template draft={draft} set={set} error={error} fields={fields} problems={problems} />}
    </div>
  );
}

function Macros({ draft, set, error, fields }: Omit<SentProps, "problems">) {
  return (
    <div style={{ marginTop: 8 }}>
      <SegmentedControl
        size="xs"
        aria-label="Method"
        value={draft.method}
        onChange={(value) => set({ method: value === "POST" ? "POST" : "GET" })}
        data={[
          { value: "GET", label: "GET, without a body" },
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
        word="Click a field to put it at the end of the URL; values are percent-encoded."
        written={({ path }) => `{${path}}`}
        onPick={(macro) => set({ url: `${draft.url}${macro}` })}
      />
    </div>
  );
}

function Template({ draft, set, error, fields, problems }: SentProps) {
  const editor = useRef<EditorHandle>(null);
  const templates = useCall("templates", null, { live: false });
  const [help, setHelp] = useState(false);
  const found = problems.filter((problem) => problem.field === "template");
  const said = error("template") ?? found[0]?.message;
  return (
    <div style={{ marginTop: 8 }}>
      <div className="line" style={{ marginBottom: 6 }}>
        <span className="dim">Begin with</span>
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
          draft.shape === "postback"
            ? "Empty: the event as it is"
            : '{"text": "New conversion {{ data.conversionId }}"}'
        }
      />
      {said && (
        <p className={css.error} role="alert">
          {said}
        </p>
      )}
      <Fields
        fields={fields}
        word="Click a field to put it where the cursor is."
        written={({ path }) => `{{ ${path} }}`}
        onPick={(text) => editor.current?.insert(text)}
      />
      <div className="line" style={{ marginTop: 8 }}>
        <Select
          label="Sent as"
          value={
            draft.contentType === "" ? "" : TYPES.includes(draft.contentType) ? draft.contentType : "other"
          }
          onChange={(value) => set({ contentType: value === "other" ? "text/csv" : (value ?? "") })}
          data={[
            { value: "", label: "What it looks like" },
            ...TYPES.map((type) => ({ value: type, label: type })),
            { value: "other", label: "Another type" },
          ]}
          error={error("content_type")}
          style={{ maxWidth: 280 }}
        />
        {draft.contentType !== "" && !TYPES.includes(draft.contentType) && (
          <TextInput
            label="Content type"
            value={draft.contentType}
            spellCheck={false}
            onChange={(event) => set({ contentType: event.currentTarget.value })}
          />
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
  word: string;
  written: (field: PreviewField) => string;
  onPick: (text: string) => void;
}

/** The fields of the event of the preview, to click on. */
function Fields({ fields, word, written, onPick }: FieldsProps) {
  if (fields.length === 0) return null;
  return (
    <div style={{ marginTop: 8 }}>
      <p className="faint">{word}</p>
      <div className={css.fieldChips}>
        {fields.map((field) => (
          <button
            key={field.path}
            type="button"
            className={`${css.chip} mono`}
            title={`${written(field)} is ${field.value}`}
            onClick={() => onPick(written(field))}
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
