// An error, where the user met it.
import { Button } from "@mantine/core";
import type { ReactNode } from "react";
import { Problem } from "../api";
import css from "./boxes.module.css";

/** What a problem box shows. */
export interface ProblemBoxProps {
  /** What was thrown; nothing shows nothing. */
  problem: unknown;
  /** What did not work, such as "The deliveries cannot be listed"; left out if the message says it. */
  title?: string;
  /** Offers to try again. */
  onRetry?: () => void;
  /** Another button that helps. */
  children?: ReactNode;
}

/** A sentence with a capital first and a full stop last. */
export function sentence(text: string): string {
  const trimmed = text.trim();
  if (trimmed === "") return "";
  const capital = /^[a-z]/.test(trimmed) ? trimmed.charAt(0).toUpperCase() + trimmed.slice(1) : trimmed;
  return /[.!?…]$/.test(capital) ? capital : `${capital}.`;
}

export function ProblemBox({ problem, title, onRetry, children }: ProblemBoxProps) {
  if (problem === null || problem === undefined) return null;
  const { message, hint } = Problem.from(problem);
  return (
    <div className={css.verdict} role="alert">
      <div className={css.headline}>{title ?? sentence(message)}</div>
      {title && <p className={css.sentence}>{sentence(message)}</p>}
      {hint && <p className={`${css.sentence} ${css.hint}`}>{sentence(hint)}</p>}
      {(onRetry || children) && (
        <div className={css.foot}>
          {onRetry && <Button onClick={onRetry}>Try again</Button>}
          {children}
        </div>
      )}
    </div>
  );
}
