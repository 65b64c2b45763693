// Text as it is, in a box: highlighted when it is JSON and not too long, with what cannot be seen
// made visible.
import { json } from "@codemirror/lang-json";
import { HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import { EditorState, type Extension } from "@codemirror/state";
import { EditorView, highlightSpecialChars, placeholder as placeholderText } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { ActionIcon, Tooltip } from "@mantine/core";
import { IconTextWrap } from "@tabler/icons-react";
import CodeMirror from "@uiw/react-codemirror";
import { useMemo, useState } from "react";
import css from "./code.module.css";
import { CopyButton } from "./copy-button";

/** Texts longer than this, in characters, are not highlighted. */
export const HIGHLIGHT_MAX = 1_000_000;

/** Control characters, and those that change the direction or hide: zero width, bidirectional
 * marks, the byte order mark, tags, line and paragraph separators. Tab and line ends are not among
 * them. */
const UNSEEN =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u115f\u1160\u180e\u200b-\u200f\u2028-\u202e\u2060-\u2069\u3164\ufeff\ufff9-\ufffc]|\udb40[\udc00-\udc7f]/gu;

/** A character that cannot be seen, in letters: `U+202E`. */
export function codePoint(code: number): string {
  return `U+${code.toString(16).toUpperCase().padStart(4, "0")}`;
}

function shown(code: number): HTMLElement {
  const span = document.createElement("span");
  span.className = css.unseen ?? "";
  span.textContent = codePoint(code);
  span.title = "A character that cannot be seen";
  return span;
}

const colours = HighlightStyle.define([
  { tag: tags.propertyName, color: "var(--accent-text)" },
  { tag: tags.string, color: "var(--ok-text)" },
  { tag: tags.number, color: "var(--retry-text)" },
  { tag: [tags.bool, tags.null, tags.keyword], color: "var(--wait-text)" },
  { tag: [tags.punctuation, tags.separator, tags.bracket], color: "var(--text)" },
]);

const look = EditorView.theme({
  "&": { backgroundColor: "transparent", color: "var(--text)" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": {
    fontFamily: "var(--mono)",
    fontSize: "12px",
    lineHeight: "19px",
    fontFeatureSettings: '"calt" 0',
  },
  ".cm-content": { padding: "9px 0", caretColor: "var(--text)" },
  ".cm-line": { padding: "0 12px" },
  ".cm-selectionBackground": { backgroundColor: "var(--accent-bg) !important" },
  ".cm-placeholder": { color: "var(--faint)" },
});

/** What every box with text is made of. */
export function codeExtensions(language: Language, wrap: boolean, label: string): Extension[] {
  return [
    look,
    highlightSpecialChars({ specialChars: UNSEEN, render: (code) => shown(code) }),
    EditorView.contentAttributes.of({ "aria-label": label, tabindex: "0" }),
    ...(language === "json" ? [json(), syntaxHighlighting(colours)] : []),
    ...(wrap ? [EditorView.lineWrapping] : []),
  ];
}

/** What the text is written in. */
export type Language = "json" | "text";

/** JSON if it starts like an object or a list. */
export function guess(text: string): Language {
  return /^\s*[[{]/.test(text) ? "json" : "text";
}

/** What a box shows. */
export interface CodeProps {
  text: string;
  /** What the text is, for screen readers, such as "Response body". */
  label: string;
  /** Guessed from the text if not said. */
  language?: Language;
  /** Whether long lines are wrapped at first; true if not said. */
  wrap?: boolean;
  /** Whether wrapping and copying are offered; true if not said. */
  tools?: boolean;
  /** The greatest height in CSS, such as `320px`; as high as the text if not said. */
  maxHeight?: string;
  /** A fixed height in CSS, such as `100%`. */
  height?: string;
  /** Makes the text editable. */
  onChange?: (text: string) => void;
  /** What stands there while an editable text is empty. */
  placeholder?: string;
}

export function Code(props: CodeProps) {
  const { text, label, tools = true, maxHeight, height, onChange, placeholder } = props;
  const language = text.length > HIGHLIGHT_MAX ? "text" : (props.language ?? guess(text));
  const [wrap, setWrap] = useState(props.wrap ?? true);
  const editable = onChange !== undefined;
  const extensions = useMemo(
    () => [
      ...codeExtensions(language, wrap, label),
      ...(editable ? [] : [EditorState.readOnly.of(true), EditorView.editable.of(false)]),
      ...(placeholder ? [placeholderText(placeholder)] : []),
    ],
    [language, wrap, label, editable, placeholder],
  );
  return (
    <div className={css.box} style={height ? { height } : undefined}>
      <CodeMirror
        value={text}
        theme="none"
        basicSetup={false}
        indentWithTab={false}
        editable={editable}
        readOnly={!editable}
        extensions={extensions}
        {...(maxHeight ? { maxHeight } : {})}
        {...(height ? { height: "100%", style: { height: "100%" } } : {})}
        onChange={onChange}
      />
      {tools && text !== "" && (
        <div className={css.tools}>
          <Tooltip label={wrap ? "Do not wrap lines" : "Wrap lines"}>
            <ActionIcon aria-label="Wrap lines" aria-pressed={wrap} size={22} onClick={() => setWrap(!wrap)}>
              <IconTextWrap size={14} stroke={1.6} />
            </ActionIcon>
          </Tooltip>
          <CopyButton text={text} label={`Copy ${label.toLowerCase()}`} iconOnly />
        </div>
      )}
    </div>
  );
}
