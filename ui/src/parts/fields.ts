// Puts a problem at the field that it names.
import { Problem } from "../api";
import { sentence } from "./problem-box";

/** A problem, told apart. */
export interface FieldProblems {
  /** What is wrong with the field; for `error` of an input. */
  of(field: string): string | undefined;
  /** The problem, when it names none of the fields: for a `ProblemBox`. */
  rest: Problem | null;
}

/** `known` are the fields that the form shows, named as the program names them. A problem with
 * `headers[0].name` belongs to the field `headers`. */
export function fieldProblems(problem: unknown, known: readonly string[]): FieldProblems {
  if (problem === null || problem === undefined) return { of: () => undefined, rest: null };
  const told = Problem.from(problem);
  const field = known.find(
    (name) => told.field === name || told.field?.startsWith(`${name}.`) || told.field?.startsWith(`${name}[`),
  );
  const words = [told.message, told.hint ?? ""].map((part) => sentence(part.replaceAll("`", "")));
  return {
    of: (name) => (name === field ? words.join(" ").trim() : undefined),
    rest: field === undefined ? told : null,
  };
}
