// Text to read: JSON in colours, everything invisible made visible. The editor comes in a chunk of its
// own; until it is there, the plain text is.

import { lazy, Suspense } from "react";
import css from "./Code.module.css";

export interface CodeProps {
  text: string;
  /** What it is, for screen readers: `Request body`. */
  label: string;
  /** `json` unless said; `code` colours a program in any language; above 1 MB everything is plain. */
  language?: "json" | "plain" | "code";
  /** The greatest height in pixels before it scrolls; 480 unless said, `0` takes all the room there is. */
  maxHeight?: number;
  /** Shows line numbers. */
  numbers?: boolean;
  /** Leaves out the buttons for wrapping and copying. */
  bare?: boolean;
}

const CodeView = lazy(() => import("./CodeView"));
/** What stands in for the editor is cut here, in characters: it is on screen for a moment. */
const GLIMPSE = 4000;

export function Code(props: CodeProps) {
  return (
    <Suspense fallback={<pre className={`${css.box} ${css.glimpse}`}>{props.text.slice(0, GLIMPSE)}</pre>}>
      <CodeView {...props} />
    </Suspense>
  );
}
