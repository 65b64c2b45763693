// Two texts side by side, with the differences marked.

import { lazy, Suspense } from "react";

export interface DiffProps {
  left: string;
  right: string;
  /** The labels of both sides: `Last success`, `This attempt`. */
  leftLabel: string;
  rightLabel: string;
  language?: "json" | "plain";
  /** Lines that are the same on both sides are folded; `true` by default. */
  fold?: boolean;
  /** The greatest height in pixels before it scrolls; 480 by default. */
  maxHeight?: number;
}

const DiffView = lazy(() => import("./DiffView"));

export function Diff(props: DiffProps) {
  return (
    <Suspense fallback={null}>
      <DiffView {...props} />
    </Suspense>
  );
}
