import { expect, test } from "vitest";
import type { ReportCard } from "~/api/types";
import { asText, cardTone } from "./reportCard";

const CARD: ReportCard = {
  url: "http://127.0.0.1:1/",
  scheme: "trcker",
  at: "2026-01-01T00:00:00.000Z",
  passed: 1,
  warned: 0,
  failed: 1,
  skipped: 0,
  summary: "It takes requests that it has to refuse.",
  findings: [
    {
      check: "valid",
      title: "A valid request",
      opinion: "pass",
      expected: "2xx",
      seen: "200",
      why: "everything builds on it",
      fix: null,
      answers: [],
    },
    {
      check: "tampered",
      title: "A body that was changed",
      opinion: "fail",
      expected: "4xx",
      seen: "200",
      why: "amounts could be changed",
      fix: "verify the whole body",
      answers: [],
    },
  ],
};

test("the text says of each failure what was expected, why it matters and what to do", () => {
  const text = asText(CARD);
  expect(text).toContain("✓ A valid request: 200");
  expect(text).toContain(
    "✗ A body that was changed: 200\n    expected 4xx\n    why: amounts could be changed\n    fix: verify the whole body",
  );
});

test("the worst finding gives the colour", () => {
  expect([cardTone(CARD), cardTone({ failed: 0, warned: 1 }), cardTone({ failed: 0, warned: 0 })]).toEqual([
    "fail",
    "retry",
    "ok",
  ]);
});
