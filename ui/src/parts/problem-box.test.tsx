import { MantineProvider } from "@mantine/core";
import { fireEvent, render, screen } from "@testing-library/react";
import { expect, it, vi } from "vitest";
import { Problem } from "../api";
import { ProblemBox, sentence } from "./problem-box";

it("says_what_happened_and_what_to_do_and_offers_it", () => {
  const retry = vi.fn();
  const problem = new Problem({
    code: "database_unavailable",
    message: "the disk is full",
    hint: "free disk space, then try again",
    field: null,
  });
  render(
    <MantineProvider>
      <ProblemBox problem={problem} title="The deliveries cannot be listed" onRetry={retry} />
    </MantineProvider>,
  );
  expect(screen.getByRole("alert").textContent).toContain("The disk is full.");
  expect(screen.getByText("Free disk space, then try again.")).toBeTruthy();
  fireEvent.click(screen.getByRole("button", { name: "Try again" }));
  expect(retry).toHaveBeenCalled();
});

it("leaves_a_name_in_backticks_as_it_is", () => {
  expect(sentence("`url` must be absolute")).toBe("`url` must be absolute.");
});
