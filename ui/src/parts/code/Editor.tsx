// An editor for templates, loaded on demand.

import { lazy, type Ref, Suspense } from "react";
import css from "./Code.module.css";

/** The imperative handle of an editor. */
export interface EditorHandle {
  /** Inserts text at the cursor. */
  insert: (text: string) => void;
}

export interface EditorProps {
  text: string;
  onChange: (text: string) => void;
  /** Its name for screen readers. */
  label: string;
  /** Lines with errors, from 1. */
  wrongLines?: readonly number[];
  placeholder?: string;
  ref?: Ref<EditorHandle>;
}

const EditorField = lazy(() => import("./EditorView"));

export function Editor(props: EditorProps) {
  return (
    <Suspense fallback={<pre className={`${css.box} ${css.glimpse}`}>{props.text}</pre>}>
      <EditorField {...props} />
    </Suspense>
  );
}
