// Keeps what the reader looks at where it is when rows come or go above it.

/** Where a list must scroll to. */
export interface Anchored {
  /** The scroll offset in pixels. */
  top: number;
  /** How many rows came in above. */
  above: number;
}

/** The row at the top edge keeps its place. If it left the list, the next one that stayed does. */
export function anchored(
  before: readonly string[],
  after: readonly string[],
  top: number,
  height: number,
): Anchored {
  const first = Math.floor(top / height);
  if (before[first] === undefined || before[first] === after[first]) return { top, above: 0 };
  const places = new Map(after.map((id, n) => [id, n]));
  for (let n = first; n < before.length; n++) {
    const id = before[n];
    const place = id === undefined ? undefined : places.get(id);
    if (place === undefined) continue;
    return { top: place * height + (top - first * height) - (n - first) * height, above: place - n };
  }
  return { top, above: 0 };
}
