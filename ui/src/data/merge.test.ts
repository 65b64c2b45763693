import { expect, it } from "vitest";
import { merge, reaches } from "./merge";

const id = (row: string) => row.slice(0, 1);

it("puts_new_rows_in_front_and_keeps_what_was_loaded_behind", () => {
  const old = { rows: ["c", "b", "a"], next: "after a" };
  expect(merge(old, { rows: ["e", "d", "c"], next: "after c" }, id)).toEqual({
    rows: ["e", "d", "c", "b", "a"],
    next: "after a",
  });
});

it("takes_changed_rows_as_they_are_now_and_drops_those_that_left", () => {
  const old = { rows: ["d", "c", "b", "a"], next: null };
  const merged = merge(old, { rows: ["d!", "b!"], next: "after b" }, id);
  expect(merged.rows).toEqual(["d!", "b!", "a"]);
  expect(merged.next).toBeNull();
});

it("keeps_only_the_fresh_rows_when_some_may_be_missing_in_between", () => {
  const fresh = { rows: ["z", "y"], next: "after y" };
  expect(merge({ rows: ["b", "a"], next: null }, fresh, id)).toEqual(fresh);
});

it("believes_a_fresh_list_that_is_complete", () => {
  const fresh = { rows: ["b"], next: null };
  expect(merge({ rows: ["b", "a"], next: null }, fresh, id)).toEqual(fresh);
});

it("knows_when_the_fresh_rows_reach_the_loaded_end", () => {
  const old = { rows: ["b", "a"], next: "after a" };
  expect(reaches(old, { rows: ["c", "b"], next: "after b" }, id)).toBe(false);
  expect(reaches(old, { rows: ["c", "b", "a"], next: "after a" }, id)).toBe(true);
});
