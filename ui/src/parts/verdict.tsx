// What happened and who must act.
import type { ReactNode } from "react";
import type { Tone } from "../theme";
import css from "./boxes.module.css";

/** What a verdict says. */
export interface VerdictProps {
  /** The colour of its left edge; fail if not said. */
  tone?: Tone;
  headline: ReactNode;
  /** The sentence below. */
  children?: ReactNode;
  /** Buttons. */
  actions?: ReactNode;
  /** Who must act, such as "the CRM's team". */
  who?: ReactNode;
}

export function Verdict({ tone = "fail", headline, children, actions, who }: VerdictProps) {
  return (
    <section className={`${css.verdict} ${css[tone]}`} aria-label="What happened">
      <div className={css.headline}>{headline}</div>
      {children && <div className={css.sentence}>{children}</div>}
      {(actions || who) && (
        <div className={css.foot}>
          {actions}
          {who && (
            <span className={css.who}>
              Who acts: <b>{who}</b>
            </span>
          )}
        </div>
      )}
    </section>
  );
}
