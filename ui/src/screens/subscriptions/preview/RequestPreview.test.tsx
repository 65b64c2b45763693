import { MantineProvider } from "@mantine/core";
import { QueryClientProvider } from "@tanstack/react-query";
import { render, screen } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import type { Preview } from "~/api/types";
import { newClient } from "~/data";
import { RequestPreview } from "./RequestPreview";

vi.mock("~/api", async (actual) => ({
  ...(await actual<typeof import("~/api")>()),
  call: vi.fn(async () => ({ items: [], next_cursor: null })),
}));
vi.mock("~/parts/code/Code", () => ({ Code: ({ text }: { text: string }) => <pre>{text}</pre> }));

const made: Preview = {
  request: {
    method: "POST",
    url: "https://crm.example.com/in?id=c-1",
    headers: [["Content-Type", "application/json"]],
    body: '{"text":"hello"}',
  },
  signed: true,
  event: {
    id: "c-1",
    event: "conversion.approved",
    created_at: "2026-05-08T04:51:35.080Z",
    origin: "latest",
  },
  fields: [],
  problems: [],
  warnings: [],
};

function show(preview: Preview) {
  render(
    <MantineProvider env="test">
      <QueryClientProvider client={newClient()}>
        <RequestPreview preview={preview} error={null} patterns={["*"]} event="" onEvent={() => {}} />
      </QueryClientProvider>
    </MantineProvider>,
  );
}

test("the request is previewed with its event", () => {
  show(made);
  expect(screen.getByText(/POST https:\/\/crm\.example\.com\/in\?id=c-1/)).toBeDefined();
  expect(screen.getByText('{"text":"hello"}')).toBeDefined();
  expect(screen.getByText(/latest matching event\./)).toBeDefined();
  expect(screen.getByText(/Signed over these bytes/)).toBeDefined();
});

test("a problem is shown with its field", () => {
  const message = "the event has no value for `data.name`";
  show({ ...made, request: null, problems: [{ field: "template", message, line: 1, column: 4 }] });
  expect(screen.getByRole("alert").textContent).toContain("template");
  expect(screen.getByRole("alert").textContent).toContain("no value for `data.name`");
});
