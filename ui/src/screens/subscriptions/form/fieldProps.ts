// The props of each group of form fields.

import type { UseFormReturnType } from "@mantine/form";
import type { PlatformView } from "~/api/types";
import type { Draft } from "./draft";

export type DraftForm = UseFormReturnType<Draft>;

export interface FieldProps {
  form: DraftForm;
  platform: PlatformView | undefined;
  /** The error of a field, by its name in the definition. */
  error: (field: string) => string | undefined;
}
