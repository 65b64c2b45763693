// What every group of fields of the form is given.

import type { PlatformView } from "~/api/types";
import type { Draft } from "./draft";

export interface FieldProps {
  draft: Draft;
  set: (change: Partial<Draft>) => void;
  platform: PlatformView | undefined;
  /** What is wrong with a field, by the name it has in the definition. */
  error: (field: string) => string | undefined;
}
