// The dispatcher's state in one word and one sentence.

import type { StatusView } from "~/api";
import type { Tone } from "~/theme";

export interface Standing {
  word: string;
  /** The same in a sentence, for whoever asks. */
  sentence: string;
  tone: Tone;
}

/** Puts the state of the desk into words. */
export function standing(status: StatusView): Standing {
  switch (status.state) {
    case "running":
      return { word: "Dispatching", sentence: "Deliveries are sent as they fall due.", tone: "ok" };
    case "paused":
      return {
        word: "Paused",
        sentence: "Nothing is sent until you resume. Events are kept and wait.",
        tone: "retry",
      };
    case "stalled":
      return {
        word: "Stalled",
        sentence: "The database cannot be written, so nothing is sent until it can. Nothing is lost.",
        tone: "fail",
      };
    case "viewing": {
      const who = status.holder ? `${status.holder.what} (process ${status.holder.pid})` : "Another process";
      return {
        word: "Viewing",
        sentence: `${who} dispatches from this data folder; the window looks on.`,
        tone: "wait",
      };
    }
    case "stopped":
      return {
        word: "Not dispatching",
        sentence: status.problem?.message ?? "Nobody sends deliveries from this data folder.",
        tone: "retry",
      };
    case "trouble":
      return {
        word: "No database",
        sentence: status.problem?.message ?? "The data folder cannot be opened.",
        tone: "fail",
      };
  }
}

/** An address as people say it: without protocol and final slash. */
export function bareAddress(url: string): string {
  return url.replace(/^[a-z]+:\/\//, "").replace(/\/$/, "");
}
