import { expect, it } from "vitest";
import { Problem } from "../api";
import { fieldProblems } from "./fields";

const problem = (field: string | null) =>
  new Problem({ code: "invalid_field", message: "`url` must be absolute", hint: null, field });

it("puts_the_problem_at_the_field_that_it_names", () => {
  const { of, rest } = fieldProblems(problem("url"), ["name", "url"]);
  expect(of("url")).toBe("Url must be absolute.");
  expect(of("name")).toBeUndefined();
  expect(rest).toBeNull();
});

it("puts_the_problem_of_a_part_at_the_whole", () => {
  expect(fieldProblems(problem("headers[0].name"), ["headers"]).of("headers")).toBeDefined();
});

it("keeps_a_problem_that_no_field_can_show", () => {
  expect(fieldProblems(problem("secret"), ["url"]).rest?.field).toBe("secret");
  expect(fieldProblems(problem(null), ["url"]).rest).not.toBeNull();
  expect(fieldProblems(null, ["url"]).rest).toBeNull();
});
