// The report card as text, and its color.

import type { CheckResult, ReportCard } from "~/api/types";
import type { Tone } from "~/theme";

const MARKS: Record<CheckResult, string> = { pass: "✓", warn: "!", fail: "✗", skipped: "–" };

/** The color of the card. */
export function cardTone({ failed, warned }: Pick<ReportCard, "failed" | "warned">): Tone {
  if (failed > 0) return "fail";
  return warned > 0 ? "retry" : "ok";
}

/** The card as plain text, for sharing. */
export function asText(card: ReportCard): string {
  const lines = card.findings.flatMap((finding) => [
    `${MARKS[finding.opinion]} ${finding.title}: ${finding.seen}`,
    ...(finding.fix === null
      ? []
      : [`    expected ${finding.expected}`, `    why: ${finding.why}`, `    fix: ${finding.fix}`]),
  ]);
  return [
    `Receiver check of ${card.url} (${card.scheme}), ${card.at}`,
    card.summary,
    "",
    ...lines,
    "",
    `${card.passed} passed, ${card.warned} with warnings, ${card.failed} failed, ${card.skipped} skipped.`,
  ].join("\n");
}
