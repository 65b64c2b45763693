// How the program stands, in words.
import type { Output } from "../api";
import type { Tone } from "../theme";

/** What `status` tells. */
export type Status = Output<"status">;

/** The dispatcher in one word. */
export interface Standing {
  tone: Tone;
  word: string;
  /** What it means, in a sentence. */
  title: string;
}

/** The dispatcher's state in a word and a sentence. */
export function standing(status: Status): Standing {
  switch (status.state) {
    case "running":
      return { tone: "ok", word: "Dispatching", title: "This window sends what is due." };
    case "stalled":
      return {
        tone: "fail",
        word: "Stalled",
        title: "The database cannot be written, so nothing is sent until it can.",
      };
    case "viewing": {
      const holder = status.holder;
      const who = holder ? `${holder.what} (process ${holder.pid})` : "Another process";
      return { tone: "wait", word: "Looking on", title: `${who} dispatches from this folder.` };
    }
    case "stopped":
      return { tone: "skip", word: "Stopped", title: status.problem?.message ?? "Nobody dispatches." };
    case "trouble":
      return {
        tone: "fail",
        word: "Trouble",
        title: status.problem?.message ?? "The data folder cannot be used.",
      };
  }
}

/** What stands on the page instead of the screens while the data folder cannot be used. */
export interface Trouble {
  headline: string;
  /** Whether the database can be put aside. */
  setAside: boolean;
}

/** The headline for the code of the problem. */
export function trouble(code: string): Trouble {
  switch (code) {
    case "newer_database":
      return { headline: "A newer Hookbench wrote this database", setAside: false };
    case "unusable_database":
      return { headline: "The database cannot be used", setAside: true };
    case "data_dir":
      return { headline: "The data folder cannot be used", setAside: false };
    case "database_unavailable":
      return { headline: "The database cannot be reached", setAside: false };
    case "vault_unavailable":
      return { headline: "The secrets cannot be unlocked", setAside: false };
    default:
      return { headline: "Hookbench cannot open its data", setAside: false };
  }
}
