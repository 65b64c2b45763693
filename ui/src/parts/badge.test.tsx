import { render, screen } from "@testing-library/react";
import { expect, it } from "vitest";
import { StateBadge } from "./badge";

it("says_the_state_in_a_word_even_where_only_the_icon_shows", () => {
  render(<StateBadge state="in_flight" iconOnly />);
  expect(screen.getByRole("img").getAttribute("aria-label")).toBe("In flight");
});

it("shows_a_state_that_it_does_not_know_by_its_own_name", () => {
  render(<StateBadge state="on_hold" />);
  expect(screen.getByText("on hold")).toBeTruthy();
});
