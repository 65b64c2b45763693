import { MantineProvider } from "@mantine/core";
import { QueryClientProvider } from "@tanstack/react-query";
import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { type ReactNode, useSyncExternalStore } from "react";
import { beforeEach, expect, test, vi } from "vitest";
import { call, Problem } from "~/api";
import type { PlatformView } from "~/api/types";
import { newClient } from "~/data";
import type { SubscriptionsSearch } from "../search";
import { Wizard } from "./Wizard";

const address = vi.hoisted(() => {
  let search: SubscriptionsSearch = {};
  const listeners = new Set<() => void>();
  return {
    read: () => search,
    listen: (listener: () => void) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    go: (next: SubscriptionsSearch) => {
      search = next;
      for (const listener of listeners) listener();
    },
  };
});

vi.mock("~/api", async (actual) => ({ ...(await actual<typeof import("~/api")>()), call: vi.fn() }));
vi.mock("~/parts/code/Code", () => ({ Code: ({ text }: { text: string }) => <pre>{text}</pre> }));
vi.mock("../search", () => ({
  routeApi: {
    useSearch: () => useSyncExternalStore(address.listen, address.read),
    useNavigate:
      () => (to: { search: SubscriptionsSearch | ((was: SubscriptionsSearch) => SubscriptionsSearch) }) =>
        address.go(typeof to.search === "function" ? to.search(address.read()) : to.search),
  },
}));

const platform: PlatformView = {
  name: "trcker",
  title: "Trcker",
  summary: "",
  document: "",
  base_url: null,
  has_api: true,
  key_prefix: "",
  api_note: "",
  scheme: "trcker",
  secret_required: false,
  signature_note: "",
  https_only: false,
  delays_ms: [1000],
  repeat_last: false,
  goals: [{ title: "A cap is reached", why: "", events: ["cap.reached"] }],
  events: [
    { name: "cap.reached", title: "Cap reached", meaning: "It is full.", sample: '{"a":1}', schema: "{}" },
  ],
};
const answers: Record<string, unknown> = {};

beforeEach(() => {
  address.go({ do: "new" });
  Object.assign(answers, {
    platforms: [platform],
    brands: [],
    event_types: [],
    schemes: [{ name: "trcker", header: "X-Trcker-Signature" }],
    subscription_create: {
      id: "sub_1",
      name: "CRM",
      url: "https://crm.example.com/in",
      platform: "trcker",
      secret: "s3cret",
    },
    subscription_test: null,
    templates: { presets: [], filters: [] },
    live: { items: [], next_cursor: null },
    subscription_preview: {
      request: { method: "GET", url: "https://t.example/pb?cid=k-1", headers: [], body: "" },
      signed: false,
      event: {
        id: "c-1",
        event: "cap.reached",
        created_at: "2026-05-08T04:51:35.080Z",
        origin: "latest",
      },
      fields: [{ path: "data.clickId", value: "k-1" }],
      problems: [],
      warnings: [],
    },
  });
  vi.mocked(call).mockReset();
  vi.mocked(call).mockImplementation(async (name) => {
    const answer = answers[name];
    if (answer instanceof Problem) throw answer;
    return answer as never;
  });
});

function show() {
  const around = (child: ReactNode) => (
    <QueryClientProvider client={newClient()}>
      <MantineProvider env="test">{child}</MantineProvider>
    </QueryClientProvider>
  );
  render(around(<Wizard from={undefined} first onClose={() => {}} />));
  return userEvent.setup();
}

const sent = (name: string) =>
  vi
    .mocked(call)
    .mock.calls.filter(([called]) => called === name)
    .map(([, input]) => input);

async function toEndpointStep(user: ReturnType<typeof userEvent.setup>) {
  await user.click(await screen.findByRole("button", { name: /A cap is reached/ }));
  await user.click(screen.getByRole("button", { name: "Next" }));
  return screen.findByLabelText("Endpoint URL");
}

test("events, endpoint and test are three steps", async () => {
  const user = show();
  await user.click(await toEndpointStep(user));
  await user.paste("https://crm.example.com/in");
  await user.click(screen.getByRole("button", { name: "Create and test" }));
  expect(await screen.findByText("s3cret")).toBeVisible();
  expect(await screen.findByText("No response yet.")).toBeVisible();
  expect(sent("subscription_create")).toMatchObject([
    {
      events: ["cap.reached"],
      url: "https://crm.example.com/in",
      name: "Crm example",
      generate_secret: true,
    },
  ]);
  expect(sent("subscription_test")).toEqual([{ id: "sub_1" }]);
});

test("a missing selection is reported at the events, and nothing is sent", async () => {
  const user = show();
  await user.click(await screen.findByRole("button", { name: "Next" }));
  expect(screen.getByRole("alert")).toHaveTextContent("Select at least one");
  expect(screen.queryByLabelText("Endpoint URL")).toBeNull();
});

test("an error of the program is shown at its field, and cleared by a change", async () => {
  answers.subscription_create = new Problem({
    code: "invalid_field",
    message: "`url`: port 0 cannot be connected to",
    hint: null,
    field: "url",
  });
  const user = show();
  const url = await toEndpointStep(user);
  await user.click(url);
  await user.paste("https://crm.example.com:0/");
  await user.click(screen.getByRole("button", { name: "Create and test" }));
  expect(await screen.findByText("Port 0 cannot be connected to.")).toBeVisible();
  expect(url).toBeInvalid();
  await user.type(url, "x");
  expect(screen.queryByText("Port 0 cannot be connected to.")).toBeNull();
  expect(sent("subscription_test")).toEqual([]);
});

test("a postback is filled by clicking fields, previewed, and created", async () => {
  const user = show();
  await user.click(await toEndpointStep(user));
  await user.paste("https://t.example/pb?cid=");
  await user.click(screen.getByRole("radio", { name: "Postback URL" }));
  await user.click(await screen.findByRole("button", { name: "data.clickId" }));
  expect(screen.getByLabelText("URL with macros")).toHaveValue("https://t.example/pb?cid={data.clickId}");
  expect(await screen.findByText(/GET https:\/\/t\.example\/pb\?cid=k-1/)).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Create and test" }));
  expect(sent("subscription_create")).toMatchObject([
    { kind: "postback", method: "GET", template: null, url: "https://t.example/pb?cid={data.clickId}" },
  ]);
});
