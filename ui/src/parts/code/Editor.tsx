// Text to write: a template or a program. The editor comes in a chunk of its own.

import { lazy, type Ref, Suspense } from "react";
import css from "./Code.module.css";

/** What can be done with an editor from outside. */
export interface EditorHandle {
  /** Puts text where the cursor is. */
  insert: (text: string) => void;
}

export interface EditorProps {
  text: string;
  onChange: (text: string) => void;
  /** What it is, for screen readers. */
  label: string;
  /** Lines with something wrong, from 1. */
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
