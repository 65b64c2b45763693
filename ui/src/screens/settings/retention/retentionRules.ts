// The retention rules as form values.

import type { RetentionInput, RetentionView } from "~/api/types";

const GIGABYTE = 1024 ** 3;

/** What the form holds; null is no limit. */
export interface Limits {
  bodies: number | null;
  rows: number | null;
  gigabytes: number | null;
}

export function limitsOf(view: Pick<RetentionView, "bodies_days" | "rows_days" | "max_bytes">): Limits {
  const gigabytes = view.max_bytes === null ? null : Math.round((view.max_bytes / GIGABYTE) * 100) / 100;
  return { bodies: view.bodies_days, rows: view.rows_days, gigabytes };
}

export function rulesOf({ bodies, rows, gigabytes }: Limits): RetentionInput {
  return {
    bodies_days: bodies,
    rows_days: rows,
    max_bytes: gigabytes === null ? null : Math.round(gigabytes * GIGABYTE),
  };
}
