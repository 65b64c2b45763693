import { MantineProvider } from "@mantine/core";
import { fireEvent, render, screen } from "@testing-library/react";
import { useEffect, useState } from "react";
import { expect, it, vi } from "vitest";
import { listenToKeys } from "../keys";
import { type Column, Rows } from "./rows";

type Row = { id: string };
const id = (row: Row) => row.id;
const columns: Column<Row>[] = [{ id: "id", header: "Id", width: "1fr", cell: (row) => row.id }];
const make = (n: number): Row[] => Array.from({ length: n }, (_, i) => ({ id: `row ${i}` }));

function List(props: { rows: Row[]; onOpen?: (row: Row) => void; load?: () => void; first?: string }) {
  const [selected, setSelected] = useState<string | null>(props.first ?? null);
  useEffect(listenToKeys, []);
  return (
    <MantineProvider>
      <Rows
        label="Things"
        rows={props.rows}
        id={id}
        columns={columns}
        selected={selected}
        onSelect={(row) => setSelected(row.id)}
        onOpen={props.onOpen}
        more={props.load && { available: true, loading: false, problem: null, load: props.load }}
      />
    </MantineProvider>
  );
}

const selected = () => document.querySelector("[aria-selected=true]")?.textContent;

it("moves_the_selection_with_j_and_k_and_opens_it_with_enter", () => {
  const onOpen = vi.fn();
  render(<List rows={make(50)} onOpen={onOpen} />);
  fireEvent.keyDown(document.body, { key: "j" });
  expect(selected()).toBe("row 0");
  fireEvent.keyDown(document.body, { key: "j" });
  fireEvent.keyDown(document.body, { key: "j" });
  fireEvent.keyDown(document.body, { key: "k" });
  expect(selected()).toBe("row 1");
  fireEvent.keyDown(document.body, { key: "Enter" });
  expect(onOpen).toHaveBeenCalledExactlyOnceWith({ id: "row 1" });
});

it("goes_to_both_ends_by_the_keys_of_the_focused_grid", () => {
  render(<List rows={make(10)} first="row 3" />);
  const grid = screen.getByRole("grid", { name: "Things" });
  fireEvent.keyDown(grid, { key: "End" });
  expect(selected()).toBe("row 9");
  fireEvent.keyDown(grid, { key: "ArrowDown" });
  expect(selected()).toBe("row 9");
  fireEvent.keyDown(grid, { key: "Home" });
  expect(selected()).toBe("row 0");
});

it("keeps_the_selection_on_the_same_row_when_rows_come_in_front", () => {
  const rows = make(20);
  const { rerender } = render(<List rows={rows} first="row 2" />);
  rerender(<List rows={[{ id: "new" }, ...rows]} first="row 2" />);
  expect(selected()).toBe("row 2");
  expect(screen.getByText("1 new row above")).toBeTruthy();
});

it("draws_few_of_many_rows_and_loads_further_ones_only_near_the_end", () => {
  const load = vi.fn();
  const { rerender } = render(<List rows={make(10_000)} load={load} />);
  expect(screen.getAllByRole("row").length).toBeLessThan(80);
  expect(load).not.toHaveBeenCalled();
  rerender(<List rows={make(30)} load={load} />);
  expect(load).toHaveBeenCalled();
});
