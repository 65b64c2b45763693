import { MantineProvider } from "@mantine/core";
import { QueryClientProvider } from "@tanstack/react-query";
import { fireEvent, render, screen } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import { newClient } from "~/data";
import { subscription } from "~/test-subscription";
import { MASK } from "../form/draft";
import { Configuration } from "./Configuration";

const url = "https://crm.example.com/in?token=s3cret";
vi.mock("~/api", async (actual) => ({
  ...(await actual<typeof import("~/api")>()),
  call: vi.fn(async (name: string) =>
    name === "subscription_reveal" ? { url, headers: [["Authorization", "Bearer s3cret"]] } : [],
  ),
}));

function show(change: Parameters<typeof subscription>[0]) {
  render(
    <MantineProvider env="test">
      <QueryClientProvider client={newClient()}>
        <Configuration line={subscription(change)} />
      </QueryClientProvider>
    </MantineProvider>,
  );
}

test("masked credentials are revealed on demand and hidden again", async () => {
  show({ url: url.replace("s3cret", MASK), headers: [["Authorization", MASK]] });
  expect(screen.queryByText(url)).toBeNull();
  fireEvent.click(screen.getByRole("button", { name: "Reveal" }));
  await screen.findByText(url);
  expect(screen.getByText("Authorization: Bearer s3cret")).toBeDefined();
  fireEvent.click(screen.getByRole("button", { name: "Hide" }));
  await screen.findByText(url.replace("s3cret", MASK));
});

test("without a mask there is nothing to reveal", () => {
  show({});
  expect(screen.queryByRole("button", { name: "Reveal" })).toBeNull();
});
