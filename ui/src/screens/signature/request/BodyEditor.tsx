// The body editor. It preserves every byte: carriage returns and byte order marks stay in the text and
// are shown, and the final line break, which editors hide, has a mark.

import { json } from "@codemirror/lang-json";
import { syntaxHighlighting } from "@codemirror/language";
import { EditorState, type Extension, RangeSetBuilder } from "@codemirror/state";
import {
  Decoration,
  type DecorationSet,
  EditorView,
  highlightSpecialChars,
  placeholder,
  ViewPlugin,
  type ViewUpdate,
  WidgetType,
} from "@codemirror/view";
import CodeMirror from "@uiw/react-codemirror";
import { useMemo, useRef } from "react";
import { colours, editorTheme, nameOfChar } from "~/parts/code/codemirror";
import classes from "../signature.module.css";
import { type Message, splitMessage } from "./message";

class LineEnd extends WidgetType {
  constructor(readonly last: boolean) {
    super();
  }
  override eq(other: LineEnd) {
    return other.last === this.last;
  }
  toDOM() {
    const mark = document.createElement("span");
    mark.textContent = this.last ? "⏎ line break" : "⏎";
    mark.className = (this.last ? classes.lastEnd : classes.end) ?? "";
    mark.setAttribute("aria-hidden", "true");
    return mark;
  }
}

function lineEnds(view: EditorView): DecorationSet {
  const builder = new RangeSetBuilder<Decoration>();
  const { doc } = view.state;
  for (const { from, to } of view.visibleRanges) {
    for (let at = from; at <= to; ) {
      const line = doc.lineAt(at);
      if (line.number < doc.lines) {
        const last = line.number === doc.lines - 1 && doc.line(doc.lines).length === 0;
        builder.add(line.to, line.to, Decoration.widget({ widget: new LineEnd(last), side: 1 }));
      }
      at = line.to + 1;
    }
  }
  return builder.finish();
}

const showLineEnds = ViewPlugin.fromClass(
  class {
    decorations: DecorationSet;
    constructor(view: EditorView) {
      this.decorations = lineEnds(view);
    }
    update(update: ViewUpdate) {
      if (update.docChanged || update.viewportChanged) this.decorations = lineEnds(update.view);
    }
  },
  { decorations: (plugin) => plugin.decorations },
);

const NAMES: Record<number, string> = { 13: "␍", 65279: "BOM", 0: "␀" };

/** The mark of an invisible character. */
function pictured(code: number, description: string | null): HTMLElement {
  const mark = document.createElement("span");
  mark.className = classes.special ?? "";
  mark.textContent = NAMES[code] ?? nameOfChar(code);
  mark.title = description ?? `U+${code.toString(16).padStart(4, "0")}`;
  return mark;
}

/** Above this many characters nothing is highlighted. */
const HIGHLIGHT_UP_TO = 1_000_000;

const BASE: Extension[] = [
  // Only LF ends a line, so that CR and CRLF come back as they were pasted.
  EditorState.lineSeparator.of("\n"),
  EditorView.lineWrapping,
  editorTheme,
  syntaxHighlighting(colours),
  EditorView.contentAttributes.of({ "aria-label": "Body" }),
  highlightSpecialChars({ render: pictured }),
  showLineEnds,
  placeholder("The exact body, or a whole HTTP message, which is split into headers and body."),
];

export interface BodyEditorProps {
  value: string;
  onChange: (text: string) => void;
  /** Called when a whole HTTP message is pasted into the empty field. */
  onMessage: (message: Message) => void;
}

export function BodyEditor({ value, onChange, onMessage }: BodyEditorProps) {
  const latest = useRef(onMessage);
  latest.current = onMessage;
  const large = value.length > HIGHLIGHT_UP_TO;
  const extensions = useMemo(() => {
    const paste = EditorView.domEventHandlers({
      paste: (event, view) => {
        const message = splitMessage(event.clipboardData?.getData("text/plain") ?? "");
        if (message === null || view.state.doc.length > 0) return false;
        latest.current(message);
        event.preventDefault();
        return true;
      },
    });
    return large ? [...BASE, paste] : [...BASE, paste, json()];
  }, [large]);
  return (
    <CodeMirror
      className={classes.editor ?? ""}
      value={value}
      onChange={onChange}
      extensions={extensions}
      theme="none"
      height="100%"
      indentWithTab={false}
      basicSetup={{
        lineNumbers: false,
        foldGutter: false,
        highlightActiveLine: false,
        highlightActiveLineGutter: false,
        highlightSpecialChars: false,
        highlightSelectionMatches: false,
        autocompletion: false,
        closeBrackets: false,
        bracketMatching: false,
        searchKeymap: false,
        indentOnInput: false,
        syntaxHighlighting: false,
      }}
    />
  );
}
