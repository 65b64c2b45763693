// A log that grows at the top while it is read. Pure: pages in, log out.
//
// New rows wait in `fresh` until they are shown, rows are updated in place, and a row that no longer
// matches the filter stays, marked as gone, until it is dropped.

/** A page of a log, newest first. */
export interface TailPage<T> {
  items: readonly T[];
  next_cursor: string | null;
}

export interface Tail<T> {
  /** The rows shown, newest first. */
  rows: readonly T[];
  /** The cursor after the last row. */
  next: string | null;
  /** The new rows, newest first. */
  fresh: readonly T[];
  /** Whether there are more new rows than were read: `fresh` is incomplete. */
  gap: boolean;
  /** Keys of shown rows that no longer match the filter. */
  gone: ReadonlySet<string>;
  /** Cursors by the key of the row that they follow. */
  marks: ReadonlyMap<string, string>;
}

export type KeyOf<T> = (row: T) => string;

/** The maximum number of cursors. */
const MARKS = 400;

function mark<T>(
  marks: ReadonlyMap<string, string>,
  page: TailPage<T>,
  key: KeyOf<T>,
): ReadonlyMap<string, string> {
  const last = page.items.at(-1);
  if (page.next_cursor === null || last === undefined) return marks;
  const next = new Map(marks).set(key(last), page.next_cursor);
  const oldest = next.keys().next();
  if (next.size > MARKS && !oldest.done) next.delete(oldest.value);
  return next;
}

/** The log that shows the newest page. */
export function startTail<T>(page: TailPage<T>, key: KeyOf<T>): Tail<T> {
  return {
    rows: page.items,
    next: page.next_cursor,
    fresh: [],
    gap: false,
    gone: new Set(),
    marks: mark(new Map(), page, key),
  };
}

/** Appends the next page. */
export function growTail<T>(tail: Tail<T>, page: TailPage<T>, key: KeyOf<T>): Tail<T> {
  const shown = new Set(tail.rows.map(key));
  const rows = [...tail.rows, ...page.items.filter((row) => !shown.has(key(row)))];
  return { ...tail, rows, next: page.next_cursor, marks: mark(tail.marks, page, key) };
}

/** Merges the newest page while the reader is further down. */
export function holdTail<T>(tail: Tail<T>, page: TailPage<T>, key: KeyOf<T>): Tail<T> {
  const known = new Set([...tail.fresh, ...tail.rows].map(key));
  const met = page.items.findIndex((row) => known.has(key(row)));
  const newer = met === -1 ? page.items : page.items.slice(0, met);
  const lost = met === -1 && page.next_cursor !== null && known.size > 0;
  const renewed = renewTail({ ...tail, marks: mark(tail.marks, page, key) }, page, null, key);
  if (newer.length === 0) return renewed;
  return { ...renewed, fresh: [...newer, ...renewed.fresh], gap: renewed.gap || lost };
}

/** Updates rows in place from a page that follows the row `after`, or starts at the top. Rows within the * page's range that it does not have are gone.
 */
export function renewTail<T>(tail: Tail<T>, page: TailPage<T>, after: string | null, key: KeyOf<T>): Tail<T> {
  const news = new Map(page.items.map((row) => [key(row), row]));
  const all = [...tail.fresh, ...tail.rows];
  const start = after === null ? 0 : all.findIndex((row) => key(row) === after) + 1;
  if (after !== null && start === 0) return tail;
  const lastKey = page.next_cursor === null ? undefined : page.items.at(-1);
  // Down to its last row, or to the end if it is the last page.
  const end = lastKey === undefined ? all.length : all.findIndex((row) => key(row) === key(lastKey));
  const gone = new Set(tail.gone);
  all.forEach((row, index) => {
    const id = key(row);
    if (news.has(id)) gone.delete(id);
    else if (index >= start && index < end) gone.add(id);
  });
  const swap = (row: T) => news.get(key(row)) ?? row;
  return { ...tail, fresh: tail.fresh.map(swap), rows: tail.rows.map(swap), gone };
}

/** Shows the new rows. */
export function showFresh<T>(tail: Tail<T>): Tail<T> {
  return { ...tail, rows: [...tail.fresh, ...tail.rows], fresh: [] };
}

/** Drops the rows that no longer match the filter. */
export function dropGone<T>(tail: Tail<T>, key: KeyOf<T>): Tail<T> {
  if (tail.gone.size === 0) return tail;
  const stays = (row: T) => !tail.gone.has(key(row));
  return { ...tail, rows: tail.rows.filter(stays), fresh: tail.fresh.filter(stays), gone: new Set() };
}

/** Drops the end of a long log, at a cursor from which it can be read again. */
export function trimTail<T>(tail: Tail<T>, most: number, key: KeyOf<T>): Tail<T> {
  if (tail.rows.length <= most) return tail;
  for (let at = most - 1; at > most / 2; at--) {
    const row = tail.rows[at];
    const cursor = row === undefined ? undefined : tail.marks.get(key(row));
    if (cursor !== undefined) return { ...tail, rows: tail.rows.slice(0, at + 1), next: cursor };
  }
  return tail;
}

/** The cursor to update the rows from `index` on, and the row that it follows. */
export function markAbove<T>(
  tail: Tail<T>,
  index: number,
  key: KeyOf<T>,
): { after: string; cursor: string } | null {
  const all = [...tail.fresh, ...tail.rows];
  for (let at = Math.min(tail.fresh.length + index, all.length) - 1; at >= 0; at--) {
    const row = all[at];
    const cursor = row === undefined ? undefined : tail.marks.get(key(row));
    if (row !== undefined && cursor !== undefined) return { after: key(row), cursor };
  }
  return null;
}
