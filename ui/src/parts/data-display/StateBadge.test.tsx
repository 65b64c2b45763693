import { render, screen } from "@testing-library/react";
import { expect, test } from "vitest";
import { StateBadge } from "./StateBadge";

test("a pending delivery waits until it was tried, and then is retrying", () => {
  const { rerender } = render(<StateBadge state="pending" />);
  expect(screen.getByText("Waiting")).toBeInTheDocument();
  rerender(<StateBadge state="pending" attempts={3} />);
  expect(screen.getByText("Retrying")).toBeInTheDocument();
});

test("a held delivery does not look as if it went out by itself", () => {
  render(<StateBadge state="pending" attempts={3} held />);
  expect(screen.getByText("Held")).toBeInTheDocument();
});

test("a bare badge still says its word", () => {
  render(<StateBadge state="failed" bare />);
  expect(screen.getByText("Failed")).toHaveClass("hidden");
  expect(screen.getByTitle("Failed")).toBeInTheDocument();
});

test("a state that is not known is shown as it is called", () => {
  render(<StateBadge state="held_back" />);
  expect(screen.getByText("held back")).toBeInTheDocument();
});
