// Bodies as the commands return them: text where the bytes are UTF-8, else base64.

/** A body as the commands return it. */
export type Given = { body: string } | { body_base64: string };

export interface Body {
  /** The text, if the bytes are text. */
  text: string | null;
  /** The bytes, if they are not. */
  bytes: Uint8Array | null;
  /** How many bytes it has. */
  size: number;
}

const encoder = new TextEncoder();

export function bodyOf(given: Given): Body {
  if ("body" in given) return { text: given.body, bytes: null, size: encoder.encode(given.body).length };
  const binary = atob(given.body_base64);
  const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0));
  return { text: null, bytes, size: bytes.length };
}

/** The value of a header, by its case-insensitive name. */
export function header(headers: readonly (readonly [string, string])[], name: string): string | undefined {
  const wanted = name.toLowerCase();
  return headers.find(([each]) => each.toLowerCase() === wanted)?.[1];
}

/** The media type of a message, without its parameters. */
export const mediaType = (headers: readonly (readonly [string, string])[]): string | undefined =>
  header(headers, "content-type")?.split(";")[0]?.trim().toLowerCase();

/** Whether a body is JSON. */
export const isJson = (headers: readonly (readonly [string, string])[], text: string): boolean => {
  const type = mediaType(headers);
  if (type !== undefined) return type === "application/json" || type.endsWith("+json");
  return /^\s*[[{]/.test(text);
};
