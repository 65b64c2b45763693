// The lab's form values. They survive leaving the screen, and are never written to disk, because they
// may contain a secret.

import { useSyncExternalStore } from "react";
import type { LabInput, LabSignInput } from "~/api/types";
import { type Body, bytesOf, EMPTY_BODY, toBase64 } from "./bytes";
import { readMoment } from "./message";

export interface Draft {
  /** A scheme's name, or empty to detect it. */
  scheme: string;
  /** The subscription or source whose stored secret is used; empty for the typed one. */
  secretOf: string;
  secret: string;
  tryKept: boolean;
  headers: string;
  body: Body;
  /** The verification time, as typed; empty for now. */
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

/** Replaces the draft. */
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

/** Whether the draft is empty. */
export function isEmpty({ headers, body }: Draft): boolean {
  return headers.trim() === "" && "text" in body && body.text === "";
}

function secretPart({ secret, secretOf }: Draft): { secret?: string; secret_of?: string } {
  if (secretOf) return { secret_of: secretOf };
  return secret ? { secret } : {};
}

/** The draft as lab input; `null` while headers are missing or the time is invalid. */
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

/** The draft as signing input; `null` while the scheme or the body's text is missing. */
export function signInput(now: Draft): LabSignInput | null {
  const at = readMoment(now.at);
  if (!now.scheme || !("text" in now.body) || at === null) return null;
  return { scheme: now.scheme, body: now.body.text, ...secretPart(now), ...(at ? { at } : {}) };
}
