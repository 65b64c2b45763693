import { expect, test } from "vitest";
import type { Autopsy } from "~/api/types";
import { confidenceLabel, differenceRows, firstSentence, lengthGap, stepLines } from "./autopsy";

const AUTOPSY: Autopsy = {
  valid: false,
  cause: "body_trailing_newline",
  explanation: "",
  fix: "",
  scheme: "trcker",
  candidates: [
    {
      cause: "body_trailing_newline",
      confidence: "proven",
      changes: ["body_trailing_newline"],
      detail: "signed without the last LF",
    },
  ],
  steps: [
    { name: "header", ok: true, detail: "came once" },
    { name: "digest", ok: false, detail: "does not match" },
  ],
  tried: 3,
  complete: true,
};

test("a digest that was found by a change is listed after the check that failed", () => {
  expect(stepLines(AUTOPSY).map((line) => [line.title, line.ok])).toEqual([
    ["Signature header found", true],
    ["HMAC-SHA256 over the received bytes", false],
    ["HMAC-SHA256 if it was signed without the last LF", true],
  ]);
  expect(confidenceLabel(AUTOPSY)).toBe("Proven: the digest matches after 1 change");
});

test("a long finding stands below its short result, and a time as an age", () => {
  const [time, digest] = stepLines({
    ...AUTOPSY,
    steps: [
      { name: "timestamp", ok: true, detail: "signed at 1767225600, compared with now 1767225612" },
      { name: "digest", ok: false, detail: "HMAC-SHA256 over t.body (533 bytes) begins with dee0f03a" },
    ],
  });
  expect(time).toMatchObject({ result: "12 s old" });
  expect(digest).toMatchObject({ result: "does not match", detail: expect.stringContaining("dee0f03a") });
});

test("what is only likely is not listed as a match", () => {
  const likely: Autopsy = {
    ...AUTOPSY,
    candidates: AUTOPSY.candidates.map((candidate) => ({ ...candidate, confidence: "likely" })),
  };
  expect(stepLines(likely)).toHaveLength(2);
  expect(confidenceLabel(likely)).toMatch(/^Likely/);
});

test("the rows of a difference share what stands before it and mark what differs", () => {
  const received = new TextEncoder().encode('{"a":1}\n');
  const rows = differenceRows(
    { offset: 7, signed: "", received: "0a", signed_bytes: 7, received_bytes: 8 },
    received,
  );
  expect(rows.from).toBe(3);
  expect(rows.signed).toEqual({ bytes: [...received.subarray(3, 7)], marks: [] });
  expect(rows.received).toEqual({ bytes: [...received.subarray(3)], marks: [[4, 5]] });
});

test("the length is compared in words", () => {
  const of = (signed_bytes: number, received_bytes: number) =>
    lengthGap({ offset: 0, signed: "", received: "", signed_bytes, received_bytes });
  expect(of(7, 8)).toBe("1 byte more than signed");
  expect(of(60, 8)).toBe("52 bytes fewer than signed");
  expect(of(8, 8)).toBe("");
});

test("a headline is the first sentence", () => {
  expect(firstSentence("One: two. Three. Four")).toEqual(["One: two.", "Three. Four"]);
  expect(firstSentence("One")).toEqual(["One", ""]);
});
