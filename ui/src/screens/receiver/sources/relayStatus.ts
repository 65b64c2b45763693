// A relay's status in words.

import type { RelayView } from "~/api/types";
import { sentence } from "~/parts";
import type { Tone } from "~/theme";

export interface RelayStatusView {
  tone: Tone;
  headline: string;
  todo: string | null;
}

/** The status of pulling from a relay, and what to do. */
export function relayStatus({ standing }: Pick<RelayView, "standing">): RelayStatusView {
  const error = standing?.error == null ? null : sentence(standing.error);
  switch (standing?.state) {
    case "pulling":
      return { tone: "ok", headline: "Pulling requests from the relay.", todo: null };
    case "waiting":
      return { tone: "retry", headline: "The relay did not respond. Retrying.", todo: error };
    case "stopped":
      return {
        tone: "fail",
        headline: "The relay rejected the connection. Pulling has stopped.",
        todo: error,
      };
    case "connecting":
      return { tone: "wait", headline: "Connecting to the relay…", todo: null };
    case undefined:
      return {
        tone: "skip",
        headline: "Not connected yet.",
        todo: "Pulling starts as soon as the receiver is running.",
      };
  }
}
