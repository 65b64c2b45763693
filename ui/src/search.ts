// Reads search params, one by one, without trusting them. A screen's `validateSearch` is made of these.

/** Search params as the address has them. */
export type Raw = Record<string, unknown>;

/** Text, or nothing when it is empty. */
export function text(raw: Raw, key: string): string | undefined {
  const value = raw[key];
  if (typeof value === "number") return String(value);
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** A list of words, or nothing when there are none. */
export function words(raw: Raw, key: string): string[] | undefined {
  const value = raw[key];
  const list = Array.isArray(value) ? value : value === undefined ? [] : [value];
  const known = list.filter((v) => typeof v === "string" || typeof v === "number").map(String);
  return known.length > 0 ? known : undefined;
}

/** One of the words that are known. */
export function choice<T extends string>(raw: Raw, key: string, known: readonly T[]): T | undefined {
  return known.find((word) => word === raw[key]);
}

/** A finite number. */
export function number(raw: Raw, key: string): number | undefined {
  const value = Number(raw[key] ?? Number.NaN);
  return Number.isFinite(value) ? value : undefined;
}

/** Whether it is set. */
export function flag(raw: Raw, key: string): true | undefined {
  return raw[key] === true || raw[key] === "true" ? true : undefined;
}
