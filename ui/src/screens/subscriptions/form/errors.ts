// What a form says at its fields: its own objections first, then those of the program.

import type { Problem } from "~/api";
import { fieldError } from "~/parts/feedback/fieldErrors";

/** Every field that shows its own problem. */
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

/** What is wrong with a field; the program's messages begin with the field's name, which is left out. */
export function errorAt(
  field: string,
  troubles: Record<string, string>,
  problem: Problem | null,
): string | undefined {
  const own = troubles[field];
  if (own !== undefined) return own;
  const said = fieldError(problem, field).error?.replace(/^`[^`]+`:?\s+/, "");
  return said === undefined ? undefined : said.charAt(0).toUpperCase() + said.slice(1);
}
