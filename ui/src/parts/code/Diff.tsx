// Two texts side by side, what differs marked.

import { lazy, Suspense } from "react";

export interface DiffProps {
  left: string;
  right: string;
  /** What stands left, what right: `Last success`, `This attempt`. */
  leftLabel: string;
  rightLabel: string;
  language?: "json" | "plain";
  /** Lines that are the same on both sides are folded; `true` unless said. */
  fold?: boolean;
  /** The greatest height in pixels before it scrolls; 480 unless said. */
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
