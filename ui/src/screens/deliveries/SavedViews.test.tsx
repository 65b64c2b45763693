import { MantineProvider } from "@mantine/core";
import { fireEvent, render, screen } from "@testing-library/react";
import { beforeEach, expect, test, vi } from "vitest";
import { preference, remember } from "~/api";
import { theme } from "~/theme";
import { SavedViews } from "./SavedViews";
import { VIEWS } from "./views";

beforeEach(() => remember(VIEWS, []));
const failed = { state: ["failed"] };

const opened = vi.fn();
function show() {
  render(
    <MantineProvider theme={theme} env="test">
      <SavedViews search={{ ...failed, open: "dlv_1" }} onOpen={opened} />
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
  expect(screen.getByText("A view needs a name.")).toBeInTheDocument();
  const field = screen.getByLabelText("Name");
  fireEvent.change(field, { target: { value: "Refused" } });
  fireEvent.submit(field);
  expect(preference<unknown[]>(VIEWS, [])).toEqual([{ name: "Refused", search: failed }]);
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
  expect(preference<unknown[]>(VIEWS, [])).toEqual([{ name: "What waits", search: { state: ["waiting"] } }]);
  fireEvent.click(screen.getByLabelText("Delete What waits"));
  expect(preference<unknown[]>(VIEWS, ["kept"])).toEqual([]);
});
