// Errors as the program tells them.
import type { Problem as ProblemView } from "./types";

/** An error with a stable code, what happened and why, and what to do. */
export class Problem extends Error {
  override readonly name = "Problem";
  /** A stable word to branch on. */
  readonly code: string;
  /** What to do, where the message does not say so itself. */
  readonly hint: string | null;
  /** The field of a form that is wrong. */
  readonly field: string | null;

  constructor(view: ProblemView) {
    super(view.message);
    this.code = view.code;
    this.hint = view.hint;
    this.field = view.field;
  }

  /** Anything that was thrown, as a problem. */
  static from(thrown: unknown): Problem {
    if (thrown instanceof Problem) return thrown;
    if (isProblemView(thrown)) return new Problem(thrown);
    const message = thrown instanceof Error ? thrown.message : String(thrown);
    return new Problem({ code: "unexpected", message, hint: null, field: null });
  }
}

function isProblemView(value: unknown): value is ProblemView {
  return (
    typeof value === "object" &&
    value !== null &&
    "code" in value &&
    typeof value.code === "string" &&
    "message" in value &&
    typeof value.message === "string"
  );
}
