// Event type patterns of a subscription: selection by goal, by name, or all events.

/** The pattern that every event type matches. */
export const EVERYTHING = "*";

/** Whether a pattern (`conversion.approved`, `conversion.*`, `*`) matches an event type. */
export function matches(pattern: string, type: string): boolean {
  if (pattern === EVERYTHING) return true;
  return pattern.endsWith(".*") ? type.startsWith(pattern.slice(0, -1)) : pattern === type;
}

/** Whether any of these patterns matches an event type. */
export function matchesAny(patterns: readonly string[], type: string): boolean {
  return patterns.some((pattern) => matches(pattern, type));
}

/** Whether all, some or none of a goal's types are selected. */
export function chosen(patterns: readonly string[], types: readonly string[]): "all" | "some" | "none" {
  if (patterns.includes(EVERYTHING)) return "none";
  const count = types.filter((type) => matchesAny(patterns, type)).length;
  return count === 0 ? "none" : count === types.length ? "all" : "some";
}

/** Adds event types; the first one replaces `*`. */
export function add(patterns: readonly string[], types: readonly string[]): string[] {
  const rest = patterns.filter((pattern) => pattern !== EVERYTHING);
  return [...rest, ...types.filter((type) => !matchesAny(rest, type))];
}

/**
 * Removes event types. A pattern that covers one of them is replaced by the other types of the
 * catalogue that it covers.
 */
export function remove(
  patterns: readonly string[],
  types: readonly string[],
  catalogue: readonly string[],
): string[] {
  const out: string[] = [];
  for (const pattern of patterns) {
    const covered = types.some((type) => matches(pattern, type));
    const left = covered
      ? pattern.endsWith("*")
        ? catalogue.filter((type) => matches(pattern, type) && !types.includes(type))
        : []
      : [pattern];
    out.push(...left.filter((type) => !out.includes(type)));
  }
  return out;
}

/** Selects a goal that is not fully selected, or deselects one that is. */
export function toggle(
  patterns: readonly string[],
  types: readonly string[],
  catalogue: readonly string[],
): string[] {
  return chosen(patterns, types) === "all" ? remove(patterns, types, catalogue) : add(patterns, types);
}

/** Whether a text can be an event type or a pattern: dotted words, with `*` as a whole last one. */
export function isPattern(text: string): boolean {
  return /^(\*|[a-z0-9_-]+(\.[a-z0-9_-]+)*(\.\*)?)$/i.test(text);
}

/** The selected patterns that are not in the catalogue. */
export function notIn(patterns: readonly string[], catalogue: readonly string[]): string[] {
  return patterns.filter((pattern) => pattern !== EVERYTHING && !catalogue.includes(pattern));
}
