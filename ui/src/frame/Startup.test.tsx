import { MantineProvider } from "@mantine/core";
import { QueryClientProvider } from "@tanstack/react-query";
import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, test, vi } from "vitest";
import { call, Problem, type StatusView } from "~/api";
import { newClient } from "~/data";
import { StartupProblem } from "./Startup";

vi.mock("~/api", async (actual) => ({ ...(await actual<typeof import("~/api")>()), call: vi.fn() }));

beforeEach(() => {
  vi.mocked(call).mockReset().mockResolvedValue(null);
});

function show(code: string) {
  const status: StatusView = {
    version: "0.1.0",
    workspace: "own",
    data_dir: "/home/ada/hookbench",
    state: "trouble",
    holder: null,
    receiver: null,
    api: null,
    problem: { code, message: "hookbench.db is not a database", hint: "Move it away", field: null },
    notes: [],
    pulse: null,
  };
  render(
    <MantineProvider env="test">
      <QueryClientProvider client={newClient()}>
        <StartupProblem status={status} />
      </QueryClientProvider>
    </MantineProvider>,
  );
}

test("a database that cannot be read may be set aside, after a question", async () => {
  show("unusable_database");
  expect(screen.getByText("The database cannot be read")).toBeInTheDocument();
  await userEvent.click(screen.getByText("Set aside and start fresh…"));
  expect(call).not.toHaveBeenCalled();
  await userEvent.click(await screen.findByRole("button", { name: "Set aside and start fresh" }));
  expect(call).toHaveBeenCalledWith("set_aside", null);
});

test("a newer database is never set aside", () => {
  show("newer_database");
  expect(screen.getByText("This database was written by a newer Hookbench version")).toBeInTheDocument();
  expect(screen.queryByText(/Set aside/)).toBeNull();
});

test("a demo that cannot start says why, there", async () => {
  vi.mocked(call).mockRejectedValue(
    new Problem({ code: "listen", message: "no port is free", hint: null, field: null }),
  );
  show("vault_unavailable");
  await userEvent.click(screen.getByText("Start the demo instead"));
  expect(await screen.findByText("No port is free.")).toBeInTheDocument();
});
