// Read-only text: JSON highlighted, invisible characters made visible. The editor is loaded on demand;
// until then, the plain text is shown.

import { lazy, Suspense } from "react";
import css from "./Code.module.css";

export interface CodeProps {
  text: string;
  /** Its name for screen readers: `Request body`. */
  label: string;
  /** `json` by default; `code` highlights any programming language; above 1 MB, text is plain. */
  language?: "json" | "plain" | "code";
  /** The greatest height in pixels before it scrolls; 480 by default, `0` takes all the room there is. */
  maxHeight?: number;
  /** Shows line numbers. */
  numbers?: boolean;
  /** Leaves out the buttons for wrapping and copying. */
  bare?: boolean;
}

const CodeView = lazy(() => import("./CodeView"));
/** The fallback is cut at this length, in characters, because it is shown for a moment only. */
const GLIMPSE = 4000;

export function Code(props: CodeProps) {
  return (
    <Suspense fallback={<pre className={`${css.box} ${css.glimpse}`}>{props.text.slice(0, GLIMPSE)}</pre>}>
      <CodeView {...props} />
    </Suspense>
  );
}
