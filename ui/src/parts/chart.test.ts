import { expect, it } from "vitest";
import { stacked } from "./chart";

it("stands_each_layer_on_those_before_it", () => {
  const ok = { label: "delivered", tone: "ok" as const, values: [3, null, 1] };
  const bad = { label: "failed", tone: "fail" as const, values: [1, 2, null] };
  expect(stacked([ok, bad])).toEqual([
    [3, 0, 1],
    [4, 2, 1],
  ]);
});
