// Which field of a form a problem is about.

import type { Problem } from "~/api";
import { sentence } from "./ProblemBox";

type MaybeProblem = Problem | null | undefined;

/**
 * The error text for a field, for Mantine's `error`: `<TextInput {...fieldError(act.error, "url")} />`.
 * A problem names a field as the input does, nested ones with dots; `policy` also catches
 * `policy.delays`.
 */
export function fieldError(problem: MaybeProblem, name: string): { error?: string } {
  if (!problem?.field) return {};
  const within = [`${name}.`, `${name}[`].some((start) => problem.field?.startsWith(start));
  if (problem.field !== name && !within) return {};
  return { error: sentence(problem.message) + (problem.hint ? ` ${sentence(problem.hint)}` : "") };
}

/** The problem if no field of the form shows it: then the form shows it in a `ProblemBox`. */
export function restProblem(problem: MaybeProblem, names: readonly string[]): Problem | null {
  if (!problem) return null;
  return names.some((name) => fieldError(problem, name).error) ? null : problem;
}
