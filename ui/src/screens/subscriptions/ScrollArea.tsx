// A scrollable area that is focusable, for scrolling with the keyboard.

import type { ReactNode } from "react";

export interface ScrollAreaProps {
  /** Its name for screen readers. */
  label: string;
  className: string | undefined;
  children: ReactNode;
}

export function ScrollArea({ label, className, children }: ScrollAreaProps) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section className={className} tabIndex={0} aria-label={label}>
      {children}
    </section>
  );
}
