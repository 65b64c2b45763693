import { expect, test } from "vitest";
import { choose, chosen, cleared, histogramOf, narrowed, queryOf, readSearch } from "./search";

test("an address with nonsense asks for the last 24 hours", () => {
  const search = readSearch({ range: "1y", tab: "x", attempt: "-1", since: "yesterday", state: "" });
  expect(narrowed(search)).toBe(false);
  expect(queryOf(search)).toEqual({ since: "24h" });
});

test("a status that the address turned into a number is text again", () => {
  expect(readSearch({ answer: 401, q: 42 })).toMatchObject({ answer: ["401"], q: "42" });
});

test("several values may be written with commas, and are asked with commas", () => {
  const search = readSearch({ state: "failed, retrying" });
  expect(chosen(search, "state")).toEqual(["failed", "retrying"]);
  expect(queryOf(search)).toEqual({ since: "24h", state: "failed,retrying" });
  expect(queryOf(choose(search, "state", []))).toEqual({ since: "24h" });
});

test("attempts take one range, the newest choice", () => {
  expect(choose({ attempts: ["1"] }, "attempts", ["1", "2-3"]).attempts).toEqual(["2-3"]);
});

test("statuses, classes and outcomes are asked together", () => {
  const search = choose({ answer: ["401"] }, "answer", ["401", "5xx", "timeout"]);
  expect(queryOf(search)).toEqual({ since: "24h", answer: "401,5xx,timeout" });
});

test("the brush narrows the list but not the histogram it is drawn on", () => {
  const search = readSearch({ range: "7d", since: "2026-05-08T04:00:00Z", until: "2026-05-08T05:00:00Z" });
  expect(queryOf(search)).toEqual({ since: "2026-05-08T04:00:00Z", until: "2026-05-08T05:00:00Z" });
  expect(histogramOf(search, 96)).toEqual({ query: { since: "7d" }, bars: 96, whole: false });
  expect(narrowed(search)).toBe(true);
});

test("clearing filters keeps the range and what is open", () => {
  const search = cleared({ range: "7d", open: "dlv_1", state: ["failed"], q: "x" });
  expect(narrowed(search)).toBe(false);
  expect(search).toMatchObject({ range: "7d", open: "dlv_1" });
});

test("all time is drawn from the oldest delivery on", () => {
  expect(histogramOf(readSearch({ range: "all" }), 96)).toEqual({ query: {}, bars: 96, whole: true });
  expect(queryOf(readSearch({ range: "all" }))).toEqual({});
});
