import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test, vi } from "vitest";
import { Facets } from "./Facets";

const options = [
  { value: "delivered", label: "Delivered", count: 41206 },
  { value: "failed", label: "Failed", count: 34 },
];

test("ticking adds a value to its group, unticking takes it away", async () => {
  const change = vi.fn();
  render(
    <Facets groups={[{ id: "state", label: "State", options, chosen: ["failed"] }]} onChange={change} />,
  );
  await userEvent.click(screen.getByLabelText(/Delivered/));
  expect(change).toHaveBeenLastCalledWith("state", ["failed", "delivered"]);
  await userEvent.click(screen.getByLabelText(/Failed/));
  expect(change).toHaveBeenLastCalledWith("state", []);
});

test("a ticked value that nothing has any more can still be unticked", () => {
  render(
    <Facets groups={[{ id: "state", label: "State", options, chosen: ["gone"] }]} onChange={() => {}} />,
  );
  expect(screen.getByLabelText(/gone/)).toBeChecked();
});

test("a long group shows its first options, and what is ticked", async () => {
  const many = Array.from({ length: 30 }, (_, i) => ({ value: `v${i}`, label: `Value ${i}` }));
  render(
    <Facets groups={[{ id: "t", label: "Type", options: many, chosen: ["v20"] }]} onChange={() => {}} />,
  );
  expect(screen.getAllByRole("checkbox")).toHaveLength(9);
  expect(screen.getByLabelText("Value 20")).toBeChecked();
  await userEvent.click(screen.getByText("21 more"));
  expect(screen.getAllByRole("checkbox")).toHaveLength(30);
});
