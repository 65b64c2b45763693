// A side that scrolls; reachable by keyboard for its arrow keys.

import type { ReactNode } from "react";

export interface ScrollProps {
  /** What it holds, for screen readers. */
  label: string;
  className: string | undefined;
  children: ReactNode;
}

export function Scroll({ label, className, children }: ScrollProps) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section className={className} tabIndex={0} aria-label={label}>
      {children}
    </section>
  );
}
