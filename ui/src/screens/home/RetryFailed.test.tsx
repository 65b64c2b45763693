import { MantineProvider } from "@mantine/core";
import { QueryClientProvider } from "@tanstack/react-query";
import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test, vi } from "vitest";
import { call, Problem } from "~/api";
import { newClient } from "~/data";
import { subscription } from "~/test-subscription";
import { RetryFailed } from "./RetryFailed";

vi.mock("~/api", async (actual) => ({ ...(await actual<typeof import("~/api")>()), call: vi.fn() }));

test("what cannot be counted cannot be retried, only left", async () => {
  vi.mocked(call).mockRejectedValue(
    new Problem({ code: "storage", message: "the database is busy", hint: null, field: null }),
  );
  const close = vi.fn();
  render(
    <QueryClientProvider client={newClient()}>
      <MantineProvider env="test">
        <RetryFailed line={subscription()} onClose={close} />
      </MantineProvider>
    </QueryClientProvider>,
  );
  expect(await screen.findByText(/database is busy/i)).toBeInTheDocument();
  expect(screen.queryByText("Retry")).toBeNull();
  await userEvent.click(screen.getByText("Close"));
  expect(close).toHaveBeenCalled();
});
