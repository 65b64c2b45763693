import { expect, test } from "vitest";
import type { PlatformView } from "~/api/types";
import { linesOf, search } from "./catalogue";

function platform(name: string, events: [string, string][]): PlatformView {
  return {
    name,
    title: name.toUpperCase(),
    summary: "",
    scheme: "none",
    secret_required: false,
    signature_note: "",
    document: "",
    base_url: null,
    has_api: true,
    key_prefix: "",
    api_note: "",
    https_only: false,
    delays_ms: [],
    repeat_last: false,
    goals: [],
    events: events.map(([type, title]) => ({
      name: type,
      title,
      meaning: `${title}.`,
      sample: "{}",
      schema: "{}",
    })),
  };
}

const PLATFORMS = [
  platform("a", [["x.made", "X of A"]]),
  platform("b", [
    ["x.made", "X of B"],
    ["y.made", "Y of B"],
  ]),
];
const TYPES = [
  { name: "x.made", platforms: ["a", "b"], meaning: "", seen: 3, last_at: "2026-01-01T00:00:00.000Z" },
  { name: "z.odd", platforms: [], meaning: "", seen: 9, last_at: "2026-01-01T00:00:00.000Z" },
  { name: "y.made", platforms: ["b"], meaning: "", seen: 0, last_at: null },
];

test("all platforms share one line per event type", () => {
  const lines = linesOf(PLATFORMS, TYPES, undefined);
  expect(lines.map((line) => [line.name, line.title, line.entries.length])).toEqual([
    ["x.made", "X of A", 2],
    ["y.made", "Y of B", 1],
    ["z.odd", "Z odd", 0],
  ]);
});

test("a platform's own words and sample come first in its list", () => {
  const lines = linesOf(PLATFORMS, TYPES, "b");
  expect(lines.map((line) => line.title)).toEqual(["X of B", "Y of B"]);
  expect(lines[0]?.entries.map((entry) => entry.platform.name)).toEqual(["b", "a"]);
});

test("what was seen is listed by how often, known or not", () => {
  expect(linesOf(PLATFORMS, TYPES, "seen").map((line) => line.name)).toEqual(["z.odd", "x.made"]);
});

test("a search finds every word in name, title or meaning", () => {
  const lines = linesOf(PLATFORMS, TYPES, undefined);
  expect(search(lines, "x a").map((line) => line.name)).toEqual(["x.made"]);
  expect(search(lines, " ")).toHaveLength(3);
});
