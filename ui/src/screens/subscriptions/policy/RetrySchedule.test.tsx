import { render } from "@testing-library/react";
import { expect, test } from "vitest";
import { OwnSchedule, type OwnScheduleProps } from "./RetrySchedule";

const S = 1000;
const MIN = 60 * S;
const HOUR = 60 * MIN;

/** What is said below the line, and how many attempts are on it. */
function told(props: Partial<OwnScheduleProps>) {
  const { container, unmount } = render(
    <OwnSchedule delays={[MIN, HOUR]} repeatLast={false} giveUp={null} {...props} />,
  );
  const text = container.querySelector("p")?.textContent;
  const drawn = container.querySelectorAll(".mark").length;
  unmount();
  return [text, drawn];
}

test("a schedule says how many attempts there are and what they bridge", () => {
  expect(told({})).toEqual(["3 attempts over 1 h 1 min: an outage shorter than that loses nothing.", 3]);
  expect(told({ delays: [] })).toEqual(["Each event is sent once. What fails can be sent again by hand.", 1]);
});

test("the last wait is told as repeated only where there is time for it", () => {
  expect(told({ repeatLast: true })[0]).toBe(
    "3 attempts over 1 h 1 min, then one every 1 h, for 30 days in all: an outage shorter than that loses nothing.",
  );
  expect(told({ repeatLast: true, giveUp: 30 * MIN })).toEqual([
    "2 attempts: what would come after 30 min is left out.",
    2,
  ]);
  expect(told({ repeatLast: true, giveUp: 2 * HOUR })).toEqual([
    "3 attempts: what would come after 2 h is left out.",
    3,
  ]);
});

test("what is given up before its last wait says so", () => {
  expect(told({ giveUp: 30 * S })).toEqual(["1 attempt: what would come after 30 s is left out.", 1]);
});

test("of many attempts the first are drawn, and that is said", () => {
  expect(told({ delays: Array(20).fill(MIN) })).toEqual([
    "21 attempts over 20 min: an outage shorter than that loses nothing. The first 14 are drawn.",
    14,
  ]);
  expect(told({ delays: Array(20).fill(MIN), giveUp: 18 * MIN })).toEqual([
    "19 attempts: what would come after 18 min is left out. The first 14 are drawn.",
    14,
  ]);
});
