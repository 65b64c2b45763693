import { MantineProvider } from "@mantine/core";
import { useForm } from "@mantine/form";
import { QueryClientProvider } from "@tanstack/react-query";
import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, expect, test, vi } from "vitest";
import { newClient } from "~/data";
import { newDraft } from "./draft";
import { FilterField } from "./FilterField";

vi.mock("~/api", async (actual) => ({
  ...(await actual<typeof import("~/api")>()),
  call: async () => ({ tried: 0, matched: 0, failed: 0, items: [] }),
}));

afterEach(() => vi.restoreAllMocks());

function Example({ filter }: { filter: string }) {
  const form = useForm({ initialValues: { ...newDraft("trcker"), filter } });
  return <FilterField form={form} error={() => undefined} />;
}

function show(filter: string) {
  const scrolled = vi.spyOn(Element.prototype, "scrollIntoView");
  render(
    <QueryClientProvider client={newClient()}>
      <MantineProvider env="test">
        <Example filter={filter} />
      </MantineProvider>
    </QueryClientProvider>,
  );
  return { user: userEvent.setup(), scrolled };
}

test("the filter is scrolled into view when it is opened, and not again while typing", async () => {
  const { user, scrolled } = show("");
  await user.click(screen.getByRole("button", { name: "Add filter" }));
  expect(scrolled).toHaveBeenCalledTimes(1);
  const field = screen.getByLabelText("Filter", { selector: "textarea" });
  await user.type(field, "a");
  await user.clear(field);
  await user.type(field, "b");
  await user.clear(field);
  expect(scrolled).toHaveBeenCalledTimes(1);
});

test("an existing filter does not move the page", () => {
  const { scrolled } = show("data.n > 1");
  expect(screen.getByLabelText("Filter", { selector: "textarea" })).toHaveValue("data.n > 1");
  expect(scrolled).not.toHaveBeenCalled();
});
