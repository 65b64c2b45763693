import { expect, test } from "vitest";
import { Problem } from "~/api";
import { errorAt } from "./errors";

const problem = new Problem({
  code: "invalid_field",
  message: "`url`: the host is missing",
  hint: null,
  field: "url",
});

test("the program's objection stands at its field, without repeating the field's name", () => {
  expect(errorAt("url", {}, problem)).toBe("The host is missing.");
  expect(errorAt("name", {}, problem)).toBeUndefined();
});

test("the form's own objection comes first", () => {
  expect(errorAt("url", { url: "Enter the endpoint URL." }, problem)).toBe("Enter the endpoint URL.");
});
