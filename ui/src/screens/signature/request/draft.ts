// What lies on the lab's table. It outlives the screen, so that a look elsewhere loses nothing; it is
// never written to disk, because a secret may be in it.

import { useSyncExternalStore } from "react";
import type { LabInput, LabSignInput } from "~/api/types";
import { type Body, bytesOf, EMPTY_BODY, toBase64 } from "./bytes";
import { readMoment } from "./message";

export interface Draft {
  /** A scheme's name, or empty to recognise it. */
  scheme: string;
  /** The subscription or source whose kept secret is meant; empty for the typed one. */
  secretOf: string;
  secret: string;
  tryKept: boolean;
  headers: string;
  body: Body;
  /** The time to judge by, as typed; empty for now. */
  at: string;
  /** Where the request was loaded from, in words. */
  from: string | null;
}

export const EMPTY: Draft = {
  scheme: "",
  secretOf: "",
  secret: "",
  tryKept: false,
  headers: "",
  body: EMPTY_BODY,
  at: "",
  from: null,
};

let draft = EMPTY;
const listeners = new Set<() => void>();

function put(next: Draft) {
  draft = next;
  for (const listener of listeners) listener();
}

/** Changes parts of the draft. */
export function edit(change: Partial<Draft>): void {
  put({ ...draft, ...change });
}

/** Lays something else on the table. */
export function replace(next: Partial<Draft>): void {
  put({ ...EMPTY, ...next });
}

/** The draft, as state. */
export function useDraft(): Draft {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => draft,
  );
}

/** Whether nothing lies there yet. */
export function isEmpty({ headers, body }: Draft): boolean {
  return headers.trim() === "" && "text" in body && body.text === "";
}

function secretPart({ secret, secretOf }: Draft): { secret?: string; secret_of?: string } {
  if (secretOf) return { secret_of: secretOf };
  return secret ? { secret } : {};
}

/** The draft as a question to the lab; nothing while there are no headers or the time is no time. */
export function labInput(now: Draft): LabInput | null {
  const at = readMoment(now.at);
  if (now.headers.trim() === "" || at === null) return null;
  return {
    headers: now.headers,
    body_base64: toBase64(bytesOf(now.body)),
    try_kept: now.tryKept,
    ...(now.scheme ? { scheme: now.scheme } : {}),
    ...secretPart(now),
    ...(at ? { at } : {}),
  };
}

/** The draft as something to sign; nothing while a scheme or the body's text is missing. */
export function signInput(now: Draft): LabSignInput | null {
  const at = readMoment(now.at);
  if (!now.scheme || !("text" in now.body) || at === null) return null;
  return { scheme: now.scheme, body: now.body.text, ...secretPart(now), ...(at ? { at } : {}) };
}
