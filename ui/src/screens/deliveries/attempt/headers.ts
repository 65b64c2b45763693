// Headers as text, one per line.

/** Reads lines of headers; a sentence where one cannot be read. */
export function parseHeaders(text: string): [string, string][] | string {
  const headers: [string, string][] = [];
  for (const line of text.split("\n")) {
    if (line.trim() === "") continue;
    const colon = line.indexOf(":");
    const name = line.slice(0, colon).trim();
    if (colon < 1 || !/^[\w!#$%&'*+.^`|~-]+$/.test(name))
      return `“${line.trim()}” does not have the form Name: value.`;
    headers.push([name, line.slice(colon + 1).trim()]);
  }
  return headers;
}
