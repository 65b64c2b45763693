// An error where it happened: what, why, what to do, and a button if one helps.

import type { ReactNode } from "react";
import type { Problem } from "~/api";
import { toneStyle } from "../data-display/tone";
import css from "../diagnosis/diagnosis.module.css";

export interface ProblemBoxProps {
  /** A `Problem`, or what a status holds as one. */
  problem: Pick<Problem, "code" | "message" | "hint">;
  /** A button that helps. */
  action?: ReactNode;
}

export function ProblemBox({ problem, action }: ProblemBoxProps) {
  return (
    <div className={css.verdict} style={toneStyle("fail")} role="alert" data-code={problem.code}>
      <b>{sentence(problem.message)}</b>
      {problem.hint && <p>{sentence(problem.hint)}</p>}
      {action && <div className={css.verdictActions}>{action}</div>}
    </div>
  );
}

/** A message of the program as a sentence: messages start in lower case and have no full stop. */
export function sentence(message: string): string {
  const text = message.trim();
  const first = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?…:]$/.test(first) ? first : `${first}.`;
}
