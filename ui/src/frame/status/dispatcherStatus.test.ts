import { expect, test } from "vitest";
import type { StatusView } from "~/api";
import { bareAddress, standing } from "./dispatcherStatus";

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

test("a window that looks on names who dispatches", () => {
  const holder = { pid: 4711, what: "hookbench run", since: "2026-05-08T04:51:35.080Z", api: null };
  expect(standing({ ...status, state: "viewing", holder }).sentence).toContain(
    "hookbench run (process 4711)",
  );
});

test("what does not send says why", () => {
  const problem = { code: "data_dir", message: "the folder is read-only", hint: null, field: null };
  expect(standing({ ...status, state: "stopped", problem }).sentence).toBe("the folder is read-only");
  expect(standing({ ...status, state: "stalled" }).tone).toBe("fail");
  expect(standing(status).word).toBe("Dispatching");
});

test("an address is shown without what everyone knows", () => {
  expect(bareAddress("http://127.0.0.1:4401/")).toBe("127.0.0.1:4401");
});
