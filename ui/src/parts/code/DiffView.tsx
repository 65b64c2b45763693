// The two editors behind `Diff`.

import { MergeView } from "@codemirror/merge";
import { EditorView } from "@codemirror/view";
import { type CSSProperties, useEffect, useRef } from "react";
import css from "./Code.module.css";
import { readOnly } from "./codemirror";
import type { DiffProps } from "./Diff";

const marks = EditorView.theme({
  "&.cm-merge-a .cm-changedLine": { backgroundColor: "color-mix(in srgb, var(--fail-bg) 60%, transparent)" },
  "&.cm-merge-b .cm-changedLine": { backgroundColor: "color-mix(in srgb, var(--ok-bg) 60%, transparent)" },
  "&.cm-merge-a .cm-changedText": { background: "none", borderBottom: "2px solid var(--fail)" },
  "&.cm-merge-b .cm-changedText": { background: "none", borderBottom: "2px solid var(--ok)" },
  ".cm-collapsedLines": { background: "var(--sunk)", color: "var(--dim)", padding: "2px 12px" },
});

export default function DiffView(props: DiffProps) {
  const { left, right, leftLabel, rightLabel, language = "json", fold = true, maxHeight = 480 } = props;
  const parent = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!parent.current) return;
    const json = language === "json" && left.length + right.length <= 1_000_000;
    const side = (doc: string, label: string) => ({
      doc,
      extensions: [...readOnly({ label, json, wrap: true, numbers: false }), marks],
    });
    const view = new MergeView({
      a: side(left, leftLabel),
      b: side(right, rightLabel),
      parent: parent.current,
      gutter: false,
      ...(fold ? { collapseUnchanged: { margin: 3, minSize: 4 } } : {}),
    });
    return () => view.destroy();
  }, [left, right, leftLabel, rightLabel, language, fold]);
  return (
    <div>
      <div className={css.sides} aria-hidden="true">
        <span>{leftLabel}</span>
        <span>{rightLabel}</span>
      </div>
      <div className={css.box}>
        <div ref={parent} className={css.diff} style={{ "--max": `${maxHeight}px` } as CSSProperties} />
      </div>
    </div>
  );
}
