import { fireEvent, render, screen } from "@testing-library/react";
import { expect, it, vi } from "vitest";
import { Tabs } from "./tabs";

it("goes_round_with_the_arrow_keys", () => {
  const onChange = vi.fn();
  const tabs = [
    { id: "attempts", label: "Attempts", count: 7 },
    { id: "request", label: "Request" },
  ] as const;
  render(<Tabs label="Delivery" tabs={tabs} value="attempts" onChange={onChange} />);
  expect(screen.getByRole("tab", { selected: true }).textContent).toBe("Attempts 7");
  fireEvent.keyDown(screen.getByRole("tablist"), { key: "ArrowLeft" });
  expect(onChange).toHaveBeenCalledWith("request");
});
