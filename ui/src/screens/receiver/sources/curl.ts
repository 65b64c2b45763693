// A request as a shell command.

/** Text quoted as one word of a POSIX shell. */
export function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** A command that posts exactly this body with these headers. */
export function curl(url: string, headers: readonly (readonly [string, string])[], body: string): string {
  const given = headers.some(([name]) => name.toLowerCase() === "content-type");
  const all = given ? headers : [["Content-Type", "application/json"] as const, ...headers];
  const lines = all.map(([name, value]) => `  -H ${quote(`${name}: ${value}`)}`);
  return [`curl -i ${quote(url)}`, ...lines, `  --data-binary ${quote(body)}`].join(" \\\n");
}
