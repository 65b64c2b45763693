import { expect, test } from "vitest";
import {
  nameProblem,
  readViews,
  removed,
  renamed,
  renameProblem,
  saved,
  shownView,
  type View,
  viewOf,
} from "./views";

const failed = { state: ["failed"], range: "7d" as const };
const names = (views: readonly View[]) => views.map(({ name }) => name);

test("a view keeps the filters, and not what happens to be open", () => {
  expect(viewOf({ ...failed, open: "dlv_1", tab: "why", attempt: 2, q: undefined })).toEqual(failed);
});

test("views are saved in the order of their names, renamed and deleted", () => {
  const views = saved(saved([], " Zulu ", failed), "alpha", { state: ["waiting"], open: "dlv_1" });
  expect(views).toEqual([
    { id: 2, name: "alpha", search: { state: ["waiting"] } },
    { id: 1, name: "Zulu", search: failed },
  ]);
  expect(renamed(views, 2, "Zz").map(({ id, name }) => [id, name])).toEqual([
    [1, "Zulu"],
    [2, "Zz"],
  ]);
  expect(names(removed(views, 1))).toEqual(["alpha"]);
});

test("saved under a name that there is, a view takes the other's place", () => {
  const views = saved(saved([], "Failed", failed), "Other", { kind: ["postback"] });
  expect(saved(views, "failed ", { state: ["waiting"] })).toEqual([
    { id: 1, name: "failed", search: { state: ["waiting"] } },
    { id: 2, name: "Other", search: { kind: ["postback"] } },
  ]);
});

test("a name is needed, and when one is renamed one that no other has", () => {
  expect(nameProblem("  ")).toMatch("Enter a name");
  expect(nameProblem("x".repeat(61))).toMatch("At most 60");
  const views = saved(saved([], "Failed", failed), "Other", {});
  expect(renameProblem(views, 2, "failed")).toMatch("already");
  expect(renameProblem(views, 1, "FAILED")).toBeNull();
  expect(renameProblem(views, 1, " ")).toMatch("Enter a name");
});

test("the view that is shown is known by its filters, whatever is open and whichever brand is chosen", () => {
  const views = saved([], "Failed", failed);
  const shown = { range: "7d" as const, state: ["failed"], open: "dlv_1" };
  expect(shownView(views, shown)?.name).toBe("Failed");
  expect(shownView(views, { ...shown, brand: "brd_1" })?.name).toBe("Failed");
  expect(shownView(views, { state: ["failed"] })).toBeUndefined();
});

test("what was kept by another version or by hand is read as far as it fits", () => {
  const kept = [
    { id: 3, name: "New", search: {} },
    { name: "Old", search: { state: "failed", brand: "brd_1", nonsense: 1, range: "9y" } },
    { id: 3, name: "Twice", search: {} },
    { name: "" },
    7,
    null,
  ];
  expect(readViews(kept)).toEqual([
    { id: 3, name: "New", search: {} },
    { id: 4, name: "Old", search: { state: ["failed"] } },
    { id: 5, name: "Twice", search: {} },
  ]);
  expect(readViews("x")).toEqual([]);
});
