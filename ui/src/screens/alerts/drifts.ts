// What an alert of a changed shape is made of.

import type { DriftKind } from "~/api/types";
import type { Tone } from "~/theme";

/** Each way to differ, in a word. */
export const KINDS: Record<DriftKind, { word: string; tone: Tone }> = {
  new_field: { word: "New", tone: "wait" },
  missing_field: { word: "Missing", tone: "fail" },
  kind_changed: { word: "Another kind", tone: "fail" },
  first_null: { word: "Null", tone: "retry" },
};
