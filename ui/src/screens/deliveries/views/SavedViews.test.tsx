import { MantineProvider } from "@mantine/core";
import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { beforeEach, expect, test, vi } from "vitest";
import { preference, remember } from "~/api";
import { theme } from "~/theme";
import type { DeliveriesSearch } from "../search";
import { SavedViews } from "./SavedViews";
import { VIEWS } from "./views";

beforeEach(() => remember(VIEWS, []));
const failed = { state: ["failed"] };

const opened = vi.fn();
function show(search: DeliveriesSearch = { ...failed, open: "dlv_1" }) {
  render(
    <MantineProvider theme={theme} env="test">
      <SavedViews search={search} onOpen={opened} />
    </MantineProvider>,
  );
  const button = screen.getByLabelText(/^Saved views/, { selector: "button" });
  fireEvent.click(button);
  return button;
}

test("a view needs a name, is kept without what is open, and then is the one that is shown", async () => {
  const button = show();
  fireEvent.click(await screen.findByText("Save this view…"));
  fireEvent.click(await screen.findByText("Save"));
  expect(screen.getByText("Enter a name.")).toBeInTheDocument();
  const field = screen.getByLabelText("Name");
  fireEvent.change(field, { target: { value: "Refused" } });
  fireEvent.submit(field);
  expect(preference<unknown[]>(VIEWS, [])).toEqual([{ id: 1, name: "Refused", search: failed }]);
  expect(button).toHaveTextContent("Refused");
});

test("a view is opened, renamed and deleted", async () => {
  remember(VIEWS, [{ name: "Waiting", search: { state: ["waiting"] } }]);
  show();
  fireEvent.click(await screen.findByText("Waiting"));
  expect(opened).toHaveBeenCalledWith({ state: ["waiting"] });
  fireEvent.click(screen.getByLabelText(/^Saved views/, { selector: "button" }));
  fireEvent.click(await screen.findByText("Rename or delete…"));
  const name = await screen.findByLabelText("Name of Waiting");
  fireEvent.change(name, { target: { value: "What waits" } });
  fireEvent.submit(name);
  expect(preference<unknown[]>(VIEWS, [])).toEqual([
    { id: 1, name: "What waits", search: { state: ["waiting"] } },
  ]);
  fireEvent.click(screen.getByLabelText("Delete What waits"));
  expect(preference<unknown[]>(VIEWS, ["kept"])).toEqual([]);
});

test("a view is of whichever brand is chosen", async () => {
  remember(VIEWS, [{ name: "Failed", search: failed }]);
  const button = show({ ...failed, brand: "brd_1" });
  expect(button).toHaveTextContent("Failed");
  fireEvent.click(await screen.findByRole("menuitem", { name: "Failed", hidden: true }));
  expect(opened).toHaveBeenLastCalledWith({ ...failed, brand: "brd_1" });
});

test("a view takes the place of one that has its name, once that was said", async () => {
  remember(VIEWS, [{ id: 7, name: "Refused", search: { state: ["waiting"] } }]);
  show();
  fireEvent.click(await screen.findByText("Save this view…"));
  const field = await screen.findByLabelText("Name");
  fireEvent.change(field, { target: { value: "refused" } });
  fireEvent.submit(field);
  expect(screen.getByText("A view named “Refused” already exists.")).toBeInTheDocument();
  expect(preference<unknown[]>(VIEWS, [])).toHaveLength(1);
  fireEvent.click(screen.getByText("Overwrite"));
  expect(preference<unknown[]>(VIEWS, [])).toEqual([{ id: 7, name: "refused", search: failed }]);
});

test("a time range is relative to now, a selected one is fixed", async () => {
  show();
  fireEvent.click(await screen.findByText("Save this view…"));
  expect(await screen.findByText(/relative to now/)).toBeInTheDocument();
  cleanup();
  show({ ...failed, since: "2026-05-08T04:00:00Z", until: "2026-05-08T05:00:00Z" });
  fireEvent.click(await screen.findByText("Save this view…"));
  expect(await screen.findByText(/The time range is fixed/)).toBeInTheDocument();
});

test("a renamed row stays where it is while the names are worked on, and with it what is focused", async () => {
  remember(VIEWS, [
    { name: "A", search: { state: ["waiting"] } },
    { name: "B", search: { state: ["delivered"] } },
  ]);
  show();
  fireEvent.click(await screen.findByText("Rename or delete…"));
  const field = await screen.findByLabelText("Name of A");
  field.focus();
  fireEvent.change(field, { target: { value: "C" } });
  fireEvent.submit(field);
  expect(preference<{ name: string }[]>(VIEWS, []).map(({ name }) => name)).toEqual(["B", "C"]);
  expect(screen.getAllByLabelText(/^Name of/)[0]).toBe(field);
  expect(field).toHaveFocus();
  expect(field).toHaveAccessibleName("Name of C");
});
