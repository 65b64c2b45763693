// Errors of commands: a code, what happened, what to do.

import type { Problem as ProblemView } from "./types";

/** An error of a command. `code` is stable; `field` names the form's field that is wrong. */
export class Problem extends Error {
  readonly code: string;
  readonly hint: string | null;
  readonly field: string | null;

  constructor(view: ProblemView) {
    super(view.message);
    this.name = "Problem";
    this.code = view.code;
    this.hint = view.hint;
    this.field = view.field;
  }

  /** Whatever was thrown, as a problem. */
  static from(thrown: unknown): Problem {
    if (thrown instanceof Problem) return thrown;
    if (isProblemView(thrown)) return new Problem(thrown);
    const message = thrown instanceof Error ? thrown.message : String(thrown);
    return new Problem({
      code: "unexpected",
      message: `Something went wrong inside Hookbench: ${message}`,
      hint: "Try again. If the error persists, restart Hookbench. Acknowledged events are not lost.",
      field: null,
    });
  }
}

function isProblemView(thrown: unknown): thrown is ProblemView {
  if (typeof thrown !== "object" || thrown === null) return false;
  const view = thrown as Partial<Record<keyof ProblemView, unknown>>;
  return typeof view.code === "string" && typeof view.message === "string";
}
