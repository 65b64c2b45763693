// The steps of the wizard.

import css from "../subscriptions.module.css";

/** The steps, in order. */
export const STEPS = ["Events", "Endpoint", "Test"] as const;

export interface StepsProps {
  step: 1 | 2 | 3;
  /** Goes to a step; without it, steps are not links. */
  onGo?: ((step: 1 | 2) => void) | undefined;
}

export function Steps({ step, onGo }: StepsProps) {
  return (
    <ol className={css.steps} aria-label="Steps">
      {STEPS.map((name, index) => {
        const number = index + 1;
        const text = `${number} ${name}`;
        const current = number === step ? ("step" as const) : undefined;
        const to = number === 1 || number === 2 ? number : undefined;
        return (
          <li key={name}>
            {onGo && to !== undefined && !current ? (
              <button type="button" className={css.step} onClick={() => onGo(to)}>
                {text}
              </button>
            ) : (
              <span className={css.step} aria-current={current}>
                {text}
              </span>
            )}
          </li>
        );
      })}
    </ol>
  );
}
