// The dispatcher's state as a label and a sentence.

import type { StatusView } from "~/api";
import type { Tone } from "~/theme";

export interface DispatcherStatus {
  word: string;
  /** The same in a sentence. */
  sentence: string;
  tone: Tone;
}

/** Describes the dispatcher's state. */
export function dispatcherStatus(status: StatusView): DispatcherStatus {
  switch (status.state) {
    case "running":
      return { word: "Dispatching", sentence: "Deliveries are sent when they are due.", tone: "ok" };
    case "paused":
      return {
        word: "Paused",
        sentence: "Nothing is sent until you resume. New events are stored and queued.",
        tone: "retry",
      };
    case "stalled":
      return {
        word: "Stalled",
        sentence: "The database is not writable, so nothing is sent until it is. Nothing is lost.",
        tone: "fail",
      };
    case "viewing": {
      const who = status.holder ? `${status.holder.what} (process ${status.holder.pid})` : "Another process";
      return {
        word: "Viewing",
        sentence: `${who} dispatches from this data folder; this window only shows it.`,
        tone: "wait",
      };
    }
    case "stopped":
      return {
        word: "Not dispatching",
        sentence: status.problem?.message ?? "No process dispatches from this data folder.",
        tone: "retry",
      };
    case "trouble":
      return {
        word: "Database unavailable",
        sentence: status.problem?.message ?? "The data folder cannot be opened.",
        tone: "fail",
      };
  }
}

/** An address without protocol and trailing slash. */
export function bareAddress(url: string): string {
  return url.replace(/^[a-z]+:\/\//, "").replace(/\/$/, "");
}
