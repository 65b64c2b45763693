// A verdict: what happened in one sentence, why, what to do, and the owner of the next step.

import type { ReactNode } from "react";
import type { Tone } from "~/theme";
import { toneStyle } from "../data-display/tone";
import css from "./diagnosis.module.css";

export interface VerdictProps {
  /** The colour of the left border; `fail` by default. */
  tone?: Tone;
  /** What happened, in one sentence. */
  headline: ReactNode;
  /** Why, and what follows. */
  children?: ReactNode;
  /** Buttons, the main one first. */
  actions?: ReactNode;
  /** The owner of the next step: `the CRM's team`. */
  who?: ReactNode;
}

export function Verdict({ tone = "fail", headline, children, actions, who }: VerdictProps) {
  return (
    <div className={css.verdict} style={toneStyle(tone)}>
      <b>{headline}</b>
      {children && <p>{children}</p>}
      {(actions || who) && (
        <div className={css.verdictActions}>
          {actions}
          {who && (
            <span className={css.who}>
              Owner of the next step: <b>{who}</b>
            </span>
          )}
        </div>
      )}
    </div>
  );
}
