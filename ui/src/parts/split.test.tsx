import { fireEvent, render, screen } from "@testing-library/react";
import { expect, it } from "vitest";
import { preferences } from "../api";
import { fitting, Split } from "./split";

it("gives_the_list_its_least_width_before_the_detail_its_own", () => {
  expect(fitting(528, 1244, 360, 320)).toBe(528);
  expect(fitting(2000, 1244, 360, 320)).toBe(924);
  expect(fitting(100, 1244, 360, 320)).toBe(360);
  expect(fitting(528, 500, 360, 320)).toBe(360);
});

it("moves_its_edge_by_the_keyboard_and_remembers_where", () => {
  render(<Split name="test" list="list" detail="detail" />);
  const edge = screen.getByRole("separator");
  fireEvent.keyDown(edge, { key: "ArrowLeft" });
  expect(preferences.get().panes.test).toBe(544);
  fireEvent.keyDown(edge, { key: "ArrowRight" });
  expect(edge.getAttribute("aria-valuenow")).toBe("528");
});

it("gives_the_list_everything_when_nothing_is_open", () => {
  render(<Split name="test" list="list" detail={null} />);
  expect(screen.queryByRole("separator")).toBeNull();
});
