// Loads the request named by the address or passed by another screen.

import { useLocation } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { call, Problem } from "~/api";
import type { LabRequest } from "~/api/types";
import type { LabRequestState } from "../search";
import { type Body, bodyOf, EMPTY_BODY, fromBase64 } from "./bytes";
import { replace } from "./draft";

type Given = { body?: string; body_base64?: string };

function bodyFrom(given: Given): Body {
  if (given.body_base64 !== undefined) return bodyOf(fromBase64(given.body_base64), "Body");
  return given.body === undefined ? EMPTY_BODY : { text: given.body };
}

function loadStored(request: LabRequest, delivery: string, attempt: number | undefined) {
  replace({
    scheme: request.scheme,
    secretOf: request.secret_of ?? "",
    headers: request.headers,
    body: bodyFrom(request as Given),
    at: request.at,
    from: `${attempt === undefined ? "Last attempt" : `Attempt ${attempt}`} of delivery ${delivery}`,
  });
}

function loadPassed({ scheme, secretOf, headers, at, from, ...body }: LabRequestState) {
  replace({
    scheme: scheme ?? "",
    secretOf: secretOf ?? "",
    headers,
    at: at ?? "",
    from,
    body: bodyFrom(body),
  });
}

/** What was loaded last: returning to the same address must not undo later edits. */
let lastLoaded = "";

/** Loads once per address. Returns the problem if it failed. */
export function useLoadRequest(delivery: string | undefined, attempt: number | undefined): Problem | null {
  const { state } = useLocation();
  const [problem, setProblem] = useState<Problem | null>(null);
  const handed = state.lab;
  const key = handed ? `state ${state.key ?? JSON.stringify(handed)}` : `${delivery ?? ""} ${attempt ?? ""}`;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key names what is to be loaded
  useEffect(() => {
    if (key === lastLoaded) return;
    setProblem(null);
    if (handed) {
      lastLoaded = key;
      loadPassed(handed);
      return;
    }
    if (delivery === undefined) return;
    let stale = false;
    call("lab_request", { id: delivery, attempt: attempt ?? null }).then(
      (request) => {
        if (stale) return;
        lastLoaded = key;
        loadStored(request, delivery, attempt);
      },
      (thrown: unknown) => {
        if (!stale) setProblem(Problem.from(thrown));
      },
    );
    return () => {
      stale = true;
    };
  }, [key]);
  return problem;
}
