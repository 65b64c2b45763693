// Two texts side by side, or as one text with what was taken out and put in.
import { MergeView, unifiedMergeView } from "@codemirror/merge";
import { EditorState } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { useEffect, useRef } from "react";
import { codeExtensions } from "./code";
import css from "./code.module.css";

/** What is compared. */
export interface DiffProps {
  before: string;
  after: string;
  /** What stands over each, such as "last success" and "this attempt". */
  beforeLabel: string;
  afterLabel: string;
  /** Side by side if not said; `unified` for narrow panels. */
  layout?: "sides" | "unified";
}

const look = EditorView.theme({
  "&.cm-merge-a .cm-changedText, .cm-deletedText, .cm-deletedChunk .cm-deletedText": {
    background: "color-mix(in srgb, var(--fail) 28%, transparent)",
  },
  "&.cm-merge-b .cm-changedText, .cm-changedText": {
    background: "color-mix(in srgb, var(--ok) 28%, transparent)",
  },
  "&.cm-merge-a .cm-changedLine, .cm-deletedChunk": { backgroundColor: "var(--fail-bg)" },
  "&.cm-merge-b .cm-changedLine, .cm-changedLine, .cm-insertedLine": { backgroundColor: "var(--ok-bg)" },
  ".cm-collapsedLines": {
    background: "var(--sunk)",
    color: "var(--dim)",
    fontFamily: '"Inter Variable", sans-serif',
  },
  ".cm-changeGutter": { display: "none" },
  ".cm-deletedChunk": { paddingLeft: "12px" },
});

export function Diff({ before, after, beforeLabel, afterLabel, layout = "sides" }: DiffProps) {
  const host = useRef<HTMLDivElement>(null);
  const same = before === after;
  useEffect(() => {
    const parent = host.current;
    if (!parent || same) return;
    const extensions = (label: string) => [
      ...codeExtensions("text", true, label),
      look,
      EditorState.readOnly.of(true),
      EditorView.editable.of(false),
    ];
    const collapseUnchanged = { margin: 3, minSize: 6 };
    const view =
      layout === "sides"
        ? new MergeView({
            parent,
            a: { doc: before, extensions: extensions(beforeLabel) },
            b: { doc: after, extensions: extensions(afterLabel) },
            gutter: false,
            collapseUnchanged,
          })
        : new EditorView({
            parent,
            doc: after,
            extensions: [
              ...extensions(`${beforeLabel} and ${afterLabel}`),
              unifiedMergeView({ original: before, mergeControls: false, gutter: false, collapseUnchanged }),
            ],
          });
    return () => view.destroy();
  }, [before, after, beforeLabel, afterLabel, layout, same]);
  return (
    <div>
      <div className={css.diffHead}>
        <span>− {beforeLabel}</span>
        <span>+ {afterLabel}</span>
      </div>
      <div className={css.diff} ref={host}>
        {same && <div className={css.same}>Both are the same text.</div>}
      </div>
    </div>
  );
}
