import { expect, test } from "vitest";
import { Problem } from "~/api";
import { fieldError, restProblem } from "./fieldErrors";

const problem = (field: string | null) =>
  new Problem({ code: "invalid", message: "the URL must be https", hint: "use https://", field });

test("a problem shows at its field, as a sentence with what to do", () => {
  expect(fieldError(problem("url"), "url")).toEqual({ error: "The URL must be https. Use https://." });
  expect(fieldError(problem("url"), "name")).toEqual({});
  expect(fieldError(problem("policy.delays"), "policy").error).toBeDefined();
});

test("a problem that no field shows is left for the form", () => {
  expect(restProblem(problem("url"), ["url", "name"])).toBeNull();
  expect(restProblem(problem("elsewhere"), ["url"])).not.toBeNull();
  expect(restProblem(problem(null), ["url"])).not.toBeNull();
});
