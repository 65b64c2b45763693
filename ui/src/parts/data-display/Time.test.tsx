import { act, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Time } from "./Time";

beforeEach(() => {
  vi.useFakeTimers({ now: Date.parse("2026-05-08T14:00:00Z") });
});
afterEach(() => {
  vi.useRealTimers();
});

test("what was seconds ago grows older by itself, and names UTC on hover", () => {
  render(<Time at="2026-05-08T13:59:50.080Z" />);
  expect(screen.getByText("9 s ago")).toHaveAttribute(
    "title",
    expect.stringContaining("2026-05-08T13:59:50.080Z UTC"),
  );
  act(() => {
    vi.advanceTimersByTime(5000);
  });
  expect(screen.getByText("14 s ago")).toBeInTheDocument();
});

test("one timer serves many times, and ends with the last", () => {
  const { unmount } = render(
    <>
      <Time at={0} />
      <Time at={1000} />
    </>,
  );
  expect(vi.getTimerCount()).toBe(1);
  unmount();
  expect(vi.getTimerCount()).toBe(0);
});

test("no time is a dash", () => {
  render(<Time at={null} />);
  expect(screen.getByText("–")).toBeInTheDocument();
});
