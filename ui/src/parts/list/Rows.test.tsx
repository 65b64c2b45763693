import { MantineProvider } from "@mantine/core";
import { act, fireEvent, render, screen } from "@testing-library/react";
import { useState } from "react";
import { beforeEach, expect, test, vi } from "vitest";
import { listenToKeys } from "~/keys";
import { type Column, Rows } from "./Rows";

interface Item {
  id: string;
  name: string;
}
const columns: Column<Item>[] = [
  { id: "name", header: "Name", width: "1fr", cell: (row) => row.name },
  { id: "id", header: "Id", width: "60px", cell: (row) => row.id, align: "end" },
];
const rowId = (row: Item) => row.id;
const items = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) => ({ id: `r${from + i}`, name: `Row ${from + i}` }));

beforeEach(() => {
  // jsdom lays nothing out: every element is 400 pixels high.
  Object.defineProperty(HTMLElement.prototype, "offsetHeight", { configurable: true, value: 400 });
  Object.defineProperty(HTMLElement.prototype, "offsetWidth", { configurable: true, value: 600 });
  Object.defineProperty(HTMLElement.prototype, "clientHeight", { configurable: true, value: 400 });
});

function Example({ rows, onOpen = () => {} }: { rows: Item[]; onOpen?: (id: string) => void }) {
  const [selected, setSelected] = useState<string | null>(null);
  return (
    <MantineProvider>
      <Rows
        label="Things"
        rows={rows}
        columns={columns}
        rowId={rowId}
        selected={selected}
        onSelect={setSelected}
        onOpen={onOpen}
        empty={<p>Nothing yet</p>}
      />
    </MantineProvider>
  );
}

const selectedRow = () =>
  screen.getAllByRole("row").find((row) => row.getAttribute("aria-selected") === "true");

test("of a thousand rows only those near the sight exist", () => {
  render(<Example rows={items(0, 1000)} />);
  expect(screen.getAllByRole("row").length).toBeLessThan(60);
  expect(screen.getByRole("grid", { name: "Things" })).toHaveAttribute("aria-rowcount", "1001");
});

test("j and k walk from anywhere on the page, and Enter opens", () => {
  const stop = listenToKeys();
  const open = vi.fn();
  render(<Example rows={items(0, 50)} onOpen={open} />);
  fireEvent.keyDown(document.body, { key: "j" });
  expect(selectedRow()).toHaveTextContent("Row 0");
  fireEvent.keyDown(document.body, { key: "j" });
  fireEvent.keyDown(document.body, { key: "j" });
  fireEvent.keyDown(document.body, { key: "k" });
  expect(selectedRow()).toHaveTextContent("Row 1");
  fireEvent.keyDown(document.body, { key: "Enter" });
  expect(open).toHaveBeenCalledWith("r1");
  stop();
});

test("arrows, Home and End move in the list that has the focus, and stop at its ends", () => {
  render(<Example rows={items(0, 10)} />);
  const grid = screen.getByRole("grid");
  fireEvent.keyDown(grid, { key: "ArrowUp" });
  expect(selectedRow()).toHaveTextContent("Row 0");
  fireEvent.keyDown(grid, { key: "End" });
  fireEvent.keyDown(grid, { key: "ArrowDown" });
  expect(selectedRow()).toHaveTextContent("Row 9");
  expect(grid.getAttribute("aria-activedescendant")).toBe(selectedRow()?.id);
});

test("rows that come in above do not move the ones the reader editorTheme at", () => {
  const { rerender } = render(<Example rows={items(100, 400)} />);
  const grid = screen.getByRole("grid");
  act(() => {
    grid.scrollTop = 320;
    fireEvent.scroll(grid);
  });
  rerender(<Example rows={[...items(90, 100), ...items(100, 400)]} />);
  expect(grid.scrollTop).toBe(320 + 10 * 32);
  expect(screen.getByRole("button", { name: "10 new" })).toBeInTheDocument();
});

test("what is new is told in the head, not over a row, until the reader has been there", () => {
  const { rerender } = render(<Example rows={items(100, 400)} />);
  const grid = screen.getByRole("grid");
  fireEvent.click(screen.getAllByRole("row")[1] as HTMLElement);
  rerender(<Example rows={items(95, 400)} />);
  const told = screen.getByRole("button", { name: "5 new" });
  expect(screen.getByRole("columnheader", { name: /Name/ })).toContainElement(told);
  act(() => {
    grid.scrollTop = 2 * 32;
    fireEvent.scroll(grid);
  });
  expect(screen.getByRole("button", { name: "2 new" })).toBe(told);
  fireEvent.click(told);
  expect(told).not.toBeInTheDocument();
});

/** Lets a list scroll no further than its rows reach, as a browser does. */
function clamp(grid: HTMLElement) {
  const body = screen.getAllByRole("rowgroup")[1] as HTMLElement;
  let top = 0;
  const within = () => Math.max(0, Math.min(top, 28 + Number.parseInt(body.style.height, 10) - 400));
  Object.defineProperty(grid, "scrollTop", {
    get: within,
    set: (to: number) => {
      top = to;
      top = within();
    },
  });
}

test("a short list makes room, so that its rows stay where they are read", () => {
  const { rerender } = render(<Example rows={items(10, 13)} />);
  const grid = screen.getByRole("grid");
  clamp(grid);
  fireEvent.click(screen.getAllByRole("row")[1] as HTMLElement);
  rerender(<Example rows={items(8, 13)} />);
  expect(grid.scrollTop).toBe(2 * 32);
  fireEvent.scroll(grid);
  expect(screen.getByRole("button", { name: "2 new" })).toBeInTheDocument();
  rerender(<Example rows={items(5, 13)} />);
  expect(grid.scrollTop).toBe(5 * 32);
});

test("rows that go away above do not move the ones the reader editorTheme at either", () => {
  const { rerender } = render(<Example rows={items(100, 400)} />);
  const grid = screen.getByRole("grid");
  clamp(grid);
  act(() => {
    grid.scrollTop = 320;
    fireEvent.scroll(grid);
  });
  rerender(<Example rows={items(104, 400)} />);
  expect(grid.scrollTop).toBe(320 - 4 * 32);
});

test("at the top, new rows flow in while nobody is busy with the list", () => {
  const { rerender } = render(<Example rows={items(100, 400)} />);
  rerender(<Example rows={items(95, 400)} />);
  expect(screen.getByRole("grid").scrollTop).toBe(0);
});

test("near the end the next page is asked for", () => {
  const more = vi.fn();
  render(
    <MantineProvider>
      <Rows label="Things" rows={items(0, 15)} columns={columns} rowId={rowId} hasMore more={more} />
    </MantineProvider>,
  );
  expect(more).toHaveBeenCalled();
});

test("a list with nothing in it says what would be here", () => {
  render(<Example rows={[]} />);
  expect(screen.getByText("Nothing yet")).toBeInTheDocument();
});
