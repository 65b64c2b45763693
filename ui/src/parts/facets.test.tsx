import { fireEvent, render, screen } from "@testing-library/react";
import { expect, it, vi } from "vitest";
import { Facets } from "./facets";

it("adds_and_takes_away_one_value_of_its_group", () => {
  const onChange = vi.fn();
  const options = [
    { value: "failed", label: "Failed", count: 34 },
    { value: "delivered", label: "Delivered", count: 41_206 },
  ];
  render(
    <Facets
      groups={[{ id: "state", label: "State", options }]}
      selected={{ state: ["failed"] }}
      onChange={onChange}
    />,
  );
  expect(screen.getByText("41,206")).toBeTruthy();
  fireEvent.click(screen.getByLabelText(/Delivered/));
  expect(onChange).toHaveBeenLastCalledWith("state", ["failed", "delivered"]);
  fireEvent.click(screen.getByLabelText(/Failed/));
  expect(onChange).toHaveBeenLastCalledWith("state", []);
});
