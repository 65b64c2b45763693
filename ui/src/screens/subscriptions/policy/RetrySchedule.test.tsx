import { render } from "@testing-library/react";
import { expect, test } from "vitest";
import { CustomSchedule, type CustomScheduleProps } from "./RetrySchedule";

const S = 1000;
const MIN = 60 * S;
const HOUR = 60 * MIN;

/** What is said below the line, and how many attempts are on it. */
function text(props: Partial<CustomScheduleProps>) {
  const { container, unmount } = render(
    <CustomSchedule delays={[MIN, HOUR]} repeatLast={false} maxAge={null} {...props} />,
  );
  const text = container.querySelector("p")?.textContent;
  const drawn = container.querySelectorAll(".attempt").length;
  unmount();
  return [text, drawn];
}

test("a schedule says how many attempts there are and what outage they cover", () => {
  expect(text({})).toEqual(["3 attempts over 1 h 1 min. A shorter outage loses no events.", 3]);
  expect(text({ delays: [] })).toEqual([
    "Each event is sent once. Failed deliveries can be retried manually.",
    1,
  ]);
});

test("the last delay is shown as repeated only where there is time for it", () => {
  expect(text({ repeatLast: true })[0]).toBe(
    "3 attempts over 1 h 1 min, then one every 1 h, for 30 days in total. A shorter outage loses no events.",
  );
  expect(text({ repeatLast: true, maxAge: 30 * MIN })).toEqual([
    "2 attempts. Delays beyond 30 min are ignored.",
    2,
  ]);
  expect(text({ repeatLast: true, maxAge: 2 * HOUR })).toEqual([
    "3 attempts. Delays beyond 2 h are ignored.",
    3,
  ]);
});

test("delays beyond the maximum age are reported as ignored", () => {
  expect(text({ maxAge: 30 * S })).toEqual(["1 attempt. Delays beyond 30 s are ignored.", 1]);
});

test("of many attempts only the first are drawn, and the text says so", () => {
  expect(text({ delays: Array(20).fill(MIN) })).toEqual([
    "21 attempts over 20 min. A shorter outage loses no events. The first 14 are shown.",
    14,
  ]);
  expect(text({ delays: Array(20).fill(MIN), maxAge: 18 * MIN })).toEqual([
    "19 attempts. Delays beyond 18 min are ignored. The first 14 are shown.",
    14,
  ]);
});
