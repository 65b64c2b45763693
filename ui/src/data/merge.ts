// Puts a fresh head of a long list in front of the rows that were loaded before.

/** One page of a listing, as the program answers it. */
export interface PageOf<T> {
  items: T[];
  next_cursor: string | null;
}

/** The rows that are loaded, from the first on without a gap. */
export interface Loaded<T> {
  rows: T[];
  next: string | null;
}

/** Merges the first rows, asked anew, with what was loaded before. Rows within the reach of the
 * fresh ones are as the fresh ones have them; rows behind them stay. When the two do not touch, only
 * the fresh ones remain, since rows may be missing in between. */
export function merge<T>(old: Loaded<T> | undefined, fresh: Loaded<T>, id: (row: T) => string): Loaded<T> {
  if (!old || fresh.next === null) return fresh;
  const places = new Map(old.rows.map((row, n) => [id(row), n]));
  for (let n = fresh.rows.length - 1; n >= 0; n--) {
    const row = fresh.rows[n];
    const place = row === undefined ? undefined : places.get(id(row));
    if (place === undefined) continue;
    const known = new Set(fresh.rows.map(id));
    const tail = old.rows.slice(place + 1).filter((r) => !known.has(id(r)));
    if (tail.length === 0) return fresh;
    return { rows: [...fresh.rows, ...tail], next: old.next };
  }
  return fresh;
}

/** Whether the fresh rows reach the last one that was loaded. */
export function reaches<T>(old: Loaded<T>, fresh: Loaded<T>, id: (row: T) => string): boolean {
  const last = old.rows.at(-1);
  if (fresh.next === null || last === undefined) return true;
  const name = id(last);
  return fresh.rows.some((row) => id(row) === name);
}
