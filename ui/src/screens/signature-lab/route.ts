// The address of the screen.
import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { root } from "../../root";
import { number, type Raw, text } from "../../search";

/** What the address says. */
export interface SignatureLabSearch {
  /** The delivery whose request is taken apart. */
  delivery?: string;
  /** Which of its attempts; the last if not said. */
  attempt?: number;
}

export const route = createRoute({
  getParentRoute: () => root,
  path: "/signature-lab",
  validateSearch: (raw: Raw): SignatureLabSearch => ({
    delivery: text(raw, "delivery"),
    attempt: number(raw, "attempt"),
  }),
  component: lazyRouteComponent(() => import("./screen")),
});
