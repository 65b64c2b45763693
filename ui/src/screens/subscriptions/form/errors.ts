// Field errors: the form's own validation first, then the program's.

import type { Problem } from "~/api";
import { fieldError } from "~/parts/feedback/fieldErrors";

/** The fields that show their own error. */
export const FIELDS = [
  "platform",
  "events",
  "brand",
  "url",
  "name",
  "secret",
  "scheme",
  "policy",
  "headers",
  "rate_per_second",
  "concurrency",
  "ordered_by",
  "template",
  "content_type",
  "method",
  "ca_pem",
  "skip_tls_verify",
  "filter",
  "auto_disable_after_ms",
];

/** The error of a field, without the field's name at the start of the program's messages. */
export function errorAt(
  field: string,
  invalid: Record<string, string>,
  problem: Problem | null,
): string | undefined {
  const own = invalid[field];
  if (own !== undefined) return own;
  const message = fieldError(problem, field).error?.replace(/^`[^`]+`:?\s+/, "");
  return message === undefined ? undefined : message.charAt(0).toUpperCase() + message.slice(1);
}
