// CodeMirror extensions for read-only text: colors from the theme, and invisible characters made
// visible.

import { json as jsonLanguage } from "@codemirror/lang-json";
import {
  foldGutter,
  foldKeymap,
  HighlightStyle,
  StreamLanguage,
  syntaxHighlighting,
} from "@codemirror/language";
import { EditorState, type Extension } from "@codemirror/state";
import { drawSelection, EditorView, highlightSpecialChars, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";

/** Syntax colors. */
export const colours = HighlightStyle.define([
  { tag: tags.propertyName, color: "var(--accent)" },
  { tag: tags.string, color: "var(--ok)" },
  { tag: [tags.number, tags.bool, tags.null], color: "var(--retry)" },
  { tag: tags.comment, color: "var(--faint)" },
  { tag: tags.keyword, color: "var(--accent)" },
  { tag: tags.invalid, color: "var(--fail)" },
]);

/** How an editor editorTheme. */
export const editorTheme = EditorView.theme({
  "&": { backgroundColor: "transparent", color: "var(--text)", fontSize: "12px" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": {
    fontFamily: "var(--mono)",
    lineHeight: "19px",
    fontFeatureSettings: '"calt" 0',
    fontVariantLigatures: "none",
  },
  ".cm-content": { padding: "9px 0" },
  ".cm-placeholder": { color: "var(--faint)" },
  ".cm-line": { padding: "0 12px" },
  ".cm-gutters": { backgroundColor: "transparent", color: "var(--faint)", border: "none" },
  // The fold gutter is within the margin of every text, so that JSON is aligned with other text.
  ".cm-foldGutter": { width: "12px" },
  ".cm-foldGutter .cm-gutterElement": { cursor: "pointer", padding: "0 0 0 2px", opacity: "0" },
  "&:hover .cm-foldGutter .cm-gutterElement, &.cm-focused .cm-foldGutter .cm-gutterElement": { opacity: "1" },
  ".cm-gutters:has(.cm-foldGutter) ~ .cm-content .cm-line": { paddingLeft: "0" },
  ".cm-foldPlaceholder": { background: "var(--sunk)", border: "1px solid var(--line)", color: "var(--dim)" },
  ".cm-selectionBackground, &.cm-focused .cm-selectionBackground, ::selection": {
    backgroundColor: "color-mix(in srgb, var(--accent) 25%, transparent)",
  },
  ".cm-specialChar": {
    color: "var(--fail)",
    background: "var(--fail-bg)",
    borderRadius: "3px",
    padding: "0 2px",
    fontSize: "10px",
  },
});

/** Characters that are invisible or change the text direction, as ranges of code points. */
const HIDDEN: readonly (readonly [from: number, to: number])[] = [
  [0x00, 0x08],
  [0x0b, 0x1f],
  [0x7f, 0x9f],
  [0xad, 0xad],
  [0x61c, 0x61c],
  [0x180e, 0x180e],
  [0x200b, 0x200f],
  [0x2028, 0x202e],
  [0x2060, 0x206f],
  [0xfe00, 0xfe0f],
  [0xfeff, 0xfeff],
  [0xfff9, 0xfffc],
];

/** Matches them. */
export const INVISIBLE = new RegExp(
  `[${HIDDEN.map(([from, to]) => `${escaped(from)}-${escaped(to)}`).join("")}]`,
  "g",
);

function escaped(code: number): string {
  return `\\u${code.toString(16).padStart(4, "0")}`;
}

/** The label of an invisible character: `U+202E`. */
export function nameOfChar(code: number): string {
  return `U+${code.toString(16).toUpperCase().padStart(4, "0")}`;
}

const special = highlightSpecialChars({
  specialChars: INVISIBLE,
  render: (code, description) => {
    const span = document.createElement("span");
    span.className = "cm-specialChar";
    span.textContent = nameOfChar(code);
    span.title = description ?? nameOfChar(code);
    span.setAttribute("aria-label", `character ${nameOfChar(code)}`);
    return span;
  },
});

const WORDS = new Set(
  (
    "import from export function const let var return if else for while foreach in of new class static public " +
    "private def end unless true false null nil None True False use fn let mut pub struct impl match func package " +
    "type string byte bytes bool int long byte[] using namespace try catch except finally throw raise async await " +
    "not and or is lambda begin rescue require final void"
  ).split(" "),
);

/** Comments, strings, numbers and common keywords of any language: enough for a snippet. */
const anyCode = StreamLanguage.define<null>({
  token: (stream) => {
    if (stream.match(/^(\/\/|#(?!\[)).*/)) return "comment";
    if (stream.match(/^"(\\.|[^"\\])*"?|^'(\\.|[^'\\])*'?|^`(\\.|[^`\\])*`?/)) return "string";
    if (stream.match(/^\d[\d_.]*/)) return "number";
    const word = stream.match(/^[A-Za-z_$][\w$]*/);
    if (word && word !== true) return WORDS.has(word[0]) ? "keyword" : null;
    stream.next();
    return null;
  },
});

export interface ReadOnlyOptions {
  label: string;
  json: boolean;
  /** Another language. */
  code?: boolean;
  wrap: boolean;
  numbers: boolean;
}

/** The extensions of a read-only editor. */
export function readOnly({ label, json, code, wrap, numbers }: ReadOnlyOptions): Extension[] {
  return [
    EditorState.readOnly.of(true),
    EditorView.editable.of(false),
    EditorView.contentAttributes.of({
      tabindex: "0",
      role: "textbox",
      "aria-readonly": "true",
      "aria-label": label,
      "aria-multiline": "true",
    }),
    special,
    drawSelection({ cursorBlinkRate: 0 }),
    editorTheme,
    syntaxHighlighting(colours),
    keymap.of(foldKeymap),
    ...(numbers ? [lineNumbers()] : []),
    ...(json ? [jsonLanguage(), foldGutter()] : []),
    ...(code ? [anyCode] : []),
    ...(wrap ? [EditorView.lineWrapping] : []),
  ];
}
