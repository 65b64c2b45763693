import { fireEvent, render, screen } from "@testing-library/react";
import { beforeEach, expect, test } from "vitest";
import { preference, remember } from "~/api";
import { Split } from "./Split";

beforeEach(() => {
  remember("pane.example", null);
  Object.defineProperty(HTMLElement.prototype, "clientWidth", { configurable: true, value: 1000 });
});

test("the border moves by keyboard, stays within its limits, and is remembered", () => {
  render(<Split id="example" label="Delivery" left="list" right="detail" width={500} />);
  const border = screen.getByRole("separator", { name: "Width of Delivery" });
  fireEvent.keyDown(border, { key: "ArrowLeft" });
  expect(border).toHaveAttribute("aria-valuenow", "516");
  fireEvent.keyDown(border, { key: "Home" });
  expect(border).toHaveAttribute("aria-valuenow", "680");
  fireEvent.keyDown(border, { key: "End" });
  expect(border).toHaveAttribute("aria-valuenow", "320");
  expect(preference("pane.example", 0)).toBe(320);
});

test("without a detail there is no border", () => {
  render(<Split id="example" label="Delivery" left="list" right={null} />);
  expect(screen.queryByRole("separator")).toBeNull();
});
