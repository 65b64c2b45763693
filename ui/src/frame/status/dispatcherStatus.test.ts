import { expect, test } from "vitest";
import type { StatusView } from "~/api";
import { bareAddress, dispatcherStatus } from "./dispatcherStatus";

const status: StatusView = {
  version: "0.1.0",
  workspace: "own",
  data_dir: "/home/ada/hookbench",
  state: "running",
  holder: null,
  receiver: null,
  api: null,
  problem: null,
  notes: [],
  pulse: null,
};

test("a viewing window names the process that dispatches", () => {
  const holder = { pid: 4711, what: "hookbench run", since: "2026-05-08T04:51:35.080Z", api: null };
  expect(dispatcherStatus({ ...status, state: "viewing", holder }).sentence).toContain(
    "hookbench run (process 4711)",
  );
});

test("a dispatcher that does not run says why", () => {
  const problem = { code: "data_dir", message: "the folder is read-only", hint: null, field: null };
  expect(dispatcherStatus({ ...status, state: "stopped", problem }).sentence).toBe("the folder is read-only");
  expect(dispatcherStatus({ ...status, state: "stalled" }).tone).toBe("fail");
  expect(dispatcherStatus(status).word).toBe("Dispatching");
});

test("an address is shown without what everyone knows", () => {
  expect(bareAddress("http://127.0.0.1:4401/")).toBe("127.0.0.1:4401");
});
