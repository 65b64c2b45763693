// The differences that make up a schema alert.

import type { DriftKind } from "~/api/types";
import type { Tone } from "~/theme";

/** The label of each kind of difference. */
export const KINDS: Record<DriftKind, { word: string; tone: Tone }> = {
  new_field: { word: "New field", tone: "wait" },
  missing_field: { word: "Missing field", tone: "fail" },
  kind_changed: { word: "Type changed", tone: "fail" },
  first_null: { word: "First null", tone: "retry" },
};
