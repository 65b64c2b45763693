// The props of each group of form fields.

import type { PlatformView } from "~/api/types";
import type { Draft } from "./draft";

export interface FieldProps {
  draft: Draft;
  set: (change: Partial<Draft>) => void;
  platform: PlatformView | undefined;
  /** The error of a field, by its name in the definition. */
  error: (field: string) => string | undefined;
}
