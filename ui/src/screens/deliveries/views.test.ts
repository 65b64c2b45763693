import { expect, test } from "vitest";
import { nameProblem, readViews, removed, renamed, saved, shownView, viewOf } from "./views";

const failed = { state: ["failed"], range: "7d" as const };

test("a view keeps the filters, and not what happens to be open", () => {
  expect(viewOf({ ...failed, open: "dlv_1", tab: "why", attempt: 2, q: undefined })).toEqual(failed);
});

test("views are saved in the order of their names, renamed and deleted", () => {
  const views = saved(saved([], " Zulu ", failed), "alpha", { state: ["waiting"], open: "dlv_1" });
  expect(views.map(({ name }) => name)).toEqual(["alpha", "Zulu"]);
  expect(views[0]?.search).toEqual({ state: ["waiting"] });
  expect(renamed(views, "alpha", "Zz").map(({ name }) => name)).toEqual(["Zulu", "Zz"]);
  expect(removed(views, "Zulu").map(({ name }) => name)).toEqual(["alpha"]);
});

test("a name is needed, and one of its own", () => {
  const views = saved([], "Failed", failed);
  expect(nameProblem(views, "  ")).toMatch("needs a name");
  expect(nameProblem(views, "failed")).toMatch("already");
  expect(nameProblem(views, "FAILED", "Failed")).toBeNull();
  expect(nameProblem(views, "x".repeat(61))).toMatch("At most 60");
});

test("the view that is shown is known by its address, whatever is open beside it", () => {
  const views = saved([], "Failed", failed);
  expect(shownView(views, { range: "7d", state: ["failed"], open: "dlv_1" })?.name).toBe("Failed");
  expect(shownView(views, { state: ["failed"] })).toBeUndefined();
});

test("what was kept by another version or by hand is read as far as it fits", () => {
  const kept = [
    { name: "Old", search: { state: "failed", nonsense: 1, range: "9y" } },
    { name: "" },
    7,
    null,
  ];
  expect(readViews(kept)).toEqual([{ name: "Old", search: { state: ["failed"] } }]);
  expect(readViews("x")).toEqual([]);
});
