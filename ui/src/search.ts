// Readers for search params: each returns a valid value, or `undefined`. An address typed by hand
// never breaks a screen.

/** Some text; numbers count as their digits. */
export function text(value: unknown): string | undefined {
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** A list of texts; one text is a list of one. An empty list is `undefined`. */
export function list(value: unknown): string[] | undefined {
  const items = (Array.isArray(value) ? value : [value]).map(text).filter((item) => item !== undefined);
  return items.length > 0 ? items : undefined;
}

/** A whole number. */
export function integer(value: unknown): number | undefined {
  const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  return typeof number === "number" && Number.isSafeInteger(number) ? number : undefined;
}

/** `true` or `undefined`. */
export function flag(value: unknown): true | undefined {
  return value === true || value === "true" || value === 1 ? true : undefined;
}

/** One of the given words. */
export function oneOf<const T extends string>(words: readonly T[], value: unknown): T | undefined {
  return words.find((word) => word === value);
}
