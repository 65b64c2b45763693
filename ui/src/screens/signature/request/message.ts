// Splits a pasted raw HTTP message into headers and body. The body keeps every byte: nothing is
// trimmed, and line breaks are preserved.

/** The parts of a message. `request` is its first line, if present. */
export interface Message {
  request: string | null;
  headers: string;
  body: string;
}

const REQUEST_LINE = /^[A-Z]{3,10} \S+ HTTP\/\d(\.\d)?$/;
const STATUS_LINE = /^HTTP\/\d(\.\d)? \d{3}/;
const HEADER_LINE = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+[ \t]*:/;

/**
 * Splits a pasted message: an optional request line, header lines, an empty line, the body. Answers
 * `null` where the text does not begin like a message, so that other text is left as it is.
 */
export function splitMessage(text: string): Message | null {
  const lines: string[] = [];
  let request: string | null = null;
  let at = 0;
  while (at < text.length) {
    const end = text.indexOf("\n", at);
    const line = text.slice(at, end < 0 ? text.length : end).replace(/\r$/, "");
    const next = end < 0 ? text.length : end + 1;
    if (lines.length === 0 && request === null && (REQUEST_LINE.test(line) || STATUS_LINE.test(line))) {
      request = line;
    } else if (line === "") {
      if (lines.length > 0) return { request, headers: lines.join("\n"), body: text.slice(next) };
      if (request === null && at > 0) return null;
    } else if (HEADER_LINE.test(line)) {
      lines.push(line);
    } else {
      return null;
    }
    at = next;
  }
  // Without an empty line it needs a request line, or more than one header.
  return lines.length > 1 || (request !== null && lines.length > 0)
    ? { request, headers: lines.join("\n"), body: "" }
    : null;
}

/** Headers as text, one per line. */
export function headerText(headers: readonly (readonly [string, string])[]): string {
  return headers.map(([name, value]) => `${name}: ${value}`).join("\n");
}

/**
 * A moment as people paste it: RFC 3339, or unix seconds or milliseconds. Answers RFC 3339 in UTC,
 * `undefined` for nothing, `null` for what cannot be read.
 */
export function readMoment(text: string): string | undefined | null {
  const trimmed = text.trim();
  if (trimmed === "" || trimmed.toLowerCase() === "now") return undefined;
  const digits = /^\d{9,13}$/.test(trimmed);
  const ms = digits ? Number(trimmed) * (trimmed.length > 11 ? 1 : 1000) : Date.parse(trimmed);
  return Number.isFinite(ms) && Math.abs(ms) < 8.64e15 ? new Date(ms).toISOString() : null;
}
