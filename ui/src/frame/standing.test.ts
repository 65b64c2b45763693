import { expect, it } from "vitest";
import { type Status, standing, trouble } from "./standing";

const status: Status = {
  version: "0.1.0",
  workspace: "own",
  data_dir: "/data",
  state: "running",
  holder: null,
  receiver: null,
  api: null,
  problem: null,
  notes: [],
  pulse: null,
};

it("says_who_dispatches_when_the_window_only_looks_on", () => {
  const holder = { pid: 42, what: "hookbench run", since: "2026-11-21T14:00:00Z", api: null };
  const told = standing({ ...status, state: "viewing", holder });
  expect(told.word).toBe("Looking on");
  expect(told.title).toBe("hookbench run (process 42) dispatches from this folder.");
});

it("offers_to_set_aside_only_a_database_that_cannot_be_used", () => {
  const codes = [
    "newer_database",
    "unusable_database",
    "data_dir",
    "database_unavailable",
    "vault_unavailable",
  ];
  expect(codes.filter((code) => trouble(code).setAside)).toEqual(["unusable_database"]);
});
