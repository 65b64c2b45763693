// The members of a sample body as raw JSON: numbers and strings keep their spelling.

/** The members of a JSON object in order, each with its value's raw text; `null` if it is not an object. */
export function members(json: string): [string, string][] | null {
  try {
    const value: unknown = JSON.parse(json);
    if (typeof value !== "object" || value === null || Array.isArray(value)) return null;
  } catch {
    return null;
  }
  const found: [string, string][] = [];
  let at = json.indexOf("{") + 1;
  for (;;) {
    at = skip(json, at, /[\s,]/);
    if (json[at] !== '"') return found;
    const keyEnd = valueEnd(json, at);
    const key = JSON.parse(json.slice(at, keyEnd)) as string;
    const start = skip(json, skip(json, keyEnd, /\s/) + 1, /\s/);
    at = valueEnd(json, start);
    found.push([key, json.slice(start, at).trimEnd()]);
  }
}

function skip(json: string, from: number, what: RegExp): number {
  let at = from;
  while (at < json.length && what.test(json[at] ?? "")) at += 1;
  return at;
}

/** Where the value at `from` ends. The text is valid JSON. */
function valueEnd(json: string, from: number): number {
  let depth = 0;
  let quoted = false;
  for (let at = from; at < json.length; at += 1) {
    const letter = json[at];
    if (quoted) {
      if (letter === "\\") at += 1;
      else if (letter === '"') {
        quoted = false;
        if (depth === 0) return at + 1;
      }
    } else if (letter === '"') quoted = true;
    else if (letter === "{" || letter === "[") depth += 1;
    else if (letter === "}" || letter === "]") {
      if (depth === 0) return at;
      depth -= 1;
      if (depth === 0) return at + 1;
    } else if (letter === "," && depth === 0) return at;
  }
  return json.length;
}

/** The names of envelope fields. */
const ENVELOPE = new Set([
  "id",
  "event",
  "type",
  "createdAt",
  "timestamp",
  "event_timestamp",
  "brandId",
  "schema_version",
]);

/** A sample as a new event: its type and data, without its id and time, which are generated. If a platform * does not nest the data, the other fields are collected.
 */
export function asEvent(type: string, sample: string): string | null {
  const parts = members(sample);
  if (!parts) return null;
  const nested = parts.find(([key, raw]) => key === "data" && raw.startsWith("{"));
  const rest = parts
    .filter(([key]) => !ENVELOPE.has(key))
    .map(([key, raw]) => `${JSON.stringify(key)}:${raw}`);
  const data = nested ? nested[1] : `{${rest.join(",")}}`;
  return `{"event":${JSON.stringify(type)},"data":${data}}`;
}
