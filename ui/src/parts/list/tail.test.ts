import { expect, test } from "vitest";
import {
  dropGone,
  growTail,
  holdTail,
  markAbove,
  renewTail,
  showFresh,
  startTail,
  type TailPage,
  trimTail,
} from "./tail";

interface Row {
  id: string;
  state: string;
}
const key = (row: Row) => row.id;
/** Rows from `high` down to `low`, cut after that. */
function page(high: number, low: number, state = "a", last = false): TailPage<Row> {
  const items = Array.from({ length: high - low + 1 }, (_, i) => ({ id: `${high - i}`, state }));
  return { items, next_cursor: last ? null : `after ${low}` };
}
const ids = (rows: readonly Row[]) => rows.map(key).join(" ");

test("what is new waits and moves nothing until it is asked for", () => {
  const tail = holdTail(startTail(page(5, 3), key), page(7, 5), key);
  expect(ids(tail.rows)).toBe("5 4 3");
  expect(ids(tail.fresh)).toBe("7 6");
  const shown = showFresh(tail);
  expect(ids(shown.rows)).toBe("7 6 5 4 3");
  expect(shown.fresh).toEqual([]);
});

test("what waits adds up over several pages without counting twice", () => {
  let tail = startTail(page(5, 1), key);
  tail = holdTail(tail, page(7, 3), key);
  tail = holdTail(tail, page(9, 5), key);
  tail = holdTail(tail, page(9, 5), key);
  expect(ids(tail.fresh)).toBe("9 8 7 6");
  expect(tail.gap).toBe(false);
});

test("more new rows than a page holds are named as a gap", () => {
  const tail = holdTail(startTail(page(5, 1), key), page(20, 16), key);
  expect(tail.gap).toBe(true);
  expect(ids(tail.fresh)).toBe("20 19 18 17 16");
});

test("a row whose state changed is renewed in place", () => {
  const tail = holdTail(startTail(page(5, 3), key), page(6, 4, "b"), key);
  expect(tail.rows.map((row) => row.state)).toEqual(["b", "b", "a"]);
});

test("a row that the filter no longer finds stays, marked, and comes back unmarked", () => {
  const start = startTail(page(5, 1), key);
  const without = {
    items: [
      { id: "5", state: "a" },
      { id: "3", state: "a" },
    ],
    next_cursor: "after 3",
  };
  const tail = holdTail(start, without, key);
  expect(ids(tail.rows)).toBe("5 4 3 2 1");
  expect([...tail.gone]).toEqual(["4"]);
  expect([...holdTail(tail, page(5, 1), key).gone]).toEqual([]);
  expect(ids(dropGone(tail, key).rows)).toBe("5 3 2 1");
});

test("older rows are added below, each once", () => {
  const tail = growTail(startTail(page(9, 7), key), { items: page(7, 5).items, next_cursor: null }, key);
  expect(ids(tail.rows)).toBe("9 8 7 6 5");
  expect(tail.next).toBeNull();
});

test("rows further down are renewed from the nearest cursor above them", () => {
  let tail = growTail(startTail(page(9, 7), key), page(6, 4), key);
  expect(markAbove(tail, 1, key)).toBeNull();
  const mark = markAbove(tail, 4, key);
  expect(mark).toEqual({ after: "7", cursor: "after 7" });
  tail = renewTail(tail, page(6, 4, "b"), "7", key);
  expect(tail.rows.map((row) => row.state)).toEqual(["a", "a", "a", "b", "b", "b"]);
  expect(tail.gone.size).toBe(0);
});

test("a long log forgets its end where it can go on", () => {
  const long = growTail(startTail(page(20, 11), key), page(10, 1), key);
  const tail = trimTail(long, 12, key);
  expect(ids(tail.rows)).toBe("20 19 18 17 16 15 14 13 12 11");
  expect(tail.next).toBe("after 11");
  expect(trimTail(long, 20, key)).toBe(long);
});
