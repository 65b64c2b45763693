import { expect, test } from "vitest";
import { soft, stacked } from "./chartData";

test("bars stand on the bars before them, lines on nothing", () => {
  const data = stacked(
    [1000, 2000],
    [
      { label: "Delivered", tone: "ok", kind: "bars", values: [3, 4] },
      { label: "Failed", tone: "fail", kind: "bars", values: [1, null] },
      { label: "p95", tone: "accent", values: [null, 7] },
    ],
  );
  expect(data).toEqual([
    [1, 2],
    [null, 7],
    [4, 4],
    [3, 4],
  ]);
});

test("a soft tone lies between the tone and its ground", () => {
  expect(soft("#000000", "#ffffff")).toBe("#666666");
  expect(soft("red", "#ffffff")).toBe("red");
});
