// Bodies as bytes: lossless conversion between text and bytes, and detection of invisible bytes.

/** A body: text that is UTF-8, or bytes of a file that are not. */
export type Body = { text: string } | { bytes: Uint8Array<ArrayBuffer>; name: string };

export const EMPTY_BODY: Body = { text: "" };

/** The bytes of a body. */
export function bytesOf(body: Body): Uint8Array {
  return "text" in body ? new TextEncoder().encode(body.text) : body.bytes;
}

/** Bytes as a body: as text where that is exact, a byte order mark included. */
export function bodyOf(bytes: Uint8Array<ArrayBuffer>, name: string): Body {
  try {
    return { text: new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes) };
  } catch {
    return { bytes, name };
  }
}

/** Bytes in base64. */
export function toBase64(bytes: Uint8Array): string {
  let binary = "";
  for (let at = 0; at < bytes.length; at += 0x8000) {
    binary += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  }
  return btoa(binary);
}

/** Decodes base64. */
export function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
}

/** Hex digits as bytes. */
export function fromHex(text: string): number[] {
  return (text.match(/../g) ?? []).map((pair) => Number.parseInt(pair, 16));
}

/** The invisible bytes of a body. */
export interface Hidden {
  bom: boolean;
  /** The trailing line break, if any. */
  end: "LF" | "CRLF" | "CR" | null;
  crlf: number;
  lf: number;
  /** Carriage returns without a line feed. */
  cr: number;
  nul: number;
  /** Whether all bytes are UTF-8. */
  utf8: boolean;
}

/** Finds the invisible bytes. */
export function hidden(body: Body): Hidden {
  if (!("text" in body)) return { bom: false, end: null, crlf: 0, lf: 0, cr: 0, nul: 0, utf8: false };
  const { text } = body;
  const crlf = text.match(/\r\n/g)?.length ?? 0;
  return {
    bom: text.startsWith("\uFEFF"),
    end: text.endsWith("\r\n") ? "CRLF" : text.endsWith("\n") ? "LF" : text.endsWith("\r") ? "CR" : null,
    crlf,
    lf: (text.match(/\n/g)?.length ?? 0) - crlf,
    cr: (text.match(/\r/g)?.length ?? 0) - crlf,
    nul: text.split("\0").length - 1,
    utf8: true,
  };
}
