// A relay's standing in words.

import type { RelayView } from "~/api/types";
import { sentence } from "~/parts";
import type { Tone } from "~/theme";

export interface Standing {
  tone: Tone;
  headline: string;
  todo: string | null;
}

/** What pulling from a relay does, and what to do about it. */
export function standingOf({ standing }: Pick<RelayView, "standing">): Standing {
  const error = standing?.error == null ? null : sentence(standing.error);
  switch (standing?.state) {
    case "pulling":
      return { tone: "ok", headline: "Pulling: what reaches the relay comes in here.", todo: null };
    case "waiting":
      return { tone: "retry", headline: "The relay did not answer; it is tried again.", todo: error };
    case "stopped":
      return { tone: "fail", headline: "The relay refused for good: nothing is pulled.", todo: error };
    case "connecting":
      return { tone: "wait", headline: "Connecting to the relay.", todo: null };
    case undefined:
      return {
        tone: "skip",
        headline: "Not pulled from yet.",
        todo: "Pulling begins as soon as the receiver runs.",
      };
  }
}
