// The editor behind `Editor`.

import { StreamLanguage, syntaxHighlighting } from "@codemirror/language";
import { Decoration, EditorView, lineNumbers } from "@codemirror/view";
import CodeMirror, { type ReactCodeMirrorRef } from "@uiw/react-codemirror";
import { useImperativeHandle, useMemo, useRef } from "react";
import css from "./Code.module.css";
import { colours, editorTheme } from "./codemirror";
import type { EditorProps } from "./Editor";

/** Highlighting of templates: comments, tags, printed values, strings. */
const template = StreamLanguage.define<{ tag: boolean }>({
  startState: () => ({ tag: false }),
  token: (stream, state) => {
    if (!state.tag) {
      if (stream.match(/^\{#.*?#\}/)) return "comment";
      if (stream.match(/^\{[{%]-?/)) {
        state.tag = true;
        return "keyword";
      }
      if (stream.match(/^"(\\.|[^"\\{])*"?/)) return "string";
      stream.next();
      return null;
    }
    if (stream.match(/^-?[}%]\}/)) {
      state.tag = false;
      return "keyword";
    }
    if (stream.match(/^'[^']*'?|^"[^"]*"?/)) return "string";
    if (stream.match(/^\d+/)) return "number";
    if (stream.match(/^(if|elif|else|endif|for|endfor|in|set|with|endwith|is|not|and|or|defined)\b/)) {
      return "keyword";
    }
    if (stream.match(/^[A-Za-z_][\w.]*/)) return "propertyName";
    stream.next();
    return null;
  },
});

const wrongLine = Decoration.line({ attributes: { class: "cm-wrong", "aria-invalid": "true" } });
const marks = EditorView.theme({
  ".cm-wrong": { backgroundColor: "var(--fail-bg)", boxShadow: "inset 2px 0 0 var(--fail)" },
});

export default function EditorField({
  text,
  onChange,
  label,
  wrongLines = [],
  placeholder,
  ref,
}: EditorProps) {
  const editor = useRef<ReactCodeMirrorRef>(null);
  useImperativeHandle(ref, () => ({
    insert: (piece) => {
      const view = editor.current?.view;
      if (!view) return;
      view.dispatch(view.state.replaceSelection(piece));
      view.focus();
    },
  }));
  const wrong = wrongLines.join(",");
  const extensions = useMemo(
    () => [
      editorTheme,
      marks,
      syntaxHighlighting(colours),
      template,
      lineNumbers(),
      EditorView.lineWrapping,
      EditorView.contentAttributes.of({ "aria-label": label, spellcheck: "false" }),
      EditorView.decorations.of((view) => {
        const lines = wrong
          .split(",")
          .map(Number)
          .filter((n) => n > 0 && n <= view.state.doc.lines);
        return Decoration.set(lines.map((n) => wrongLine.range(view.state.doc.line(n).from)));
      }),
    ],
    [label, wrong],
  );
  return (
    <div className={css.box}>
      <CodeMirror
        ref={editor}
        value={text}
        onChange={onChange}
        extensions={extensions}
        basicSetup={{
          lineNumbers: false,
          foldGutter: false,
          highlightActiveLine: false,
          highlightActiveLineGutter: false,
          autocompletion: false,
        }}
        indentWithTab={false}
        theme="none"
        minHeight="96px"
        maxHeight="360px"
        {...(placeholder === undefined ? {} : { placeholder })}
      />
    </div>
  );
}
