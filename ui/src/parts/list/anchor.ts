// Holding on to what the reader editorTheme at while the list around it changes. Pure.

/** The ids of the visible rows, from the top, and the index of the first. */
export interface Anchor {
  first: number;
  ids: readonly string[];
}

/** How many rows are remembered: if the first disappears, the next is the anchor. */
const DEPTH = 32;

/** The anchor at row `first`. */
export function anchorAt<T>(rows: readonly T[], id: (row: T) => string, first: number): Anchor | null {
  const from = Math.max(0, Math.min(first, rows.length - 1));
  const ids = rows.slice(from, from + DEPTH).map(id);
  return ids.length > 0 ? { first: from, ids } : null;
}

/** By how many rows the anchor has moved down (up if negative); 0 if it is gone. */
export function shiftOf(anchor: Anchor, place: ReadonlyMap<string, number>): number {
  for (const [offset, id] of anchor.ids.entries()) {
    const now = place.get(id);
    if (now !== undefined) return now - (anchor.first + offset);
  }
  return 0;
}
