import { act, render, screen } from "@testing-library/react";
import { afterEach, expect, it, vi } from "vitest";
import { Time } from "./time";

afterEach(() => {
  vi.useRealTimers();
});

it("grows_old_while_the_reader_looks_and_tells_utc_on_hover", () => {
  vi.useFakeTimers({ now: Date.parse("2026-11-21T14:00:00Z") });
  render(<Time at="2026-11-21T13:59:50.080Z" />);
  expect(screen.getByText("9 s ago").title).toContain("2026-11-21 13:59:50.080 UTC");
  act(() => {
    vi.advanceTimersByTime(60_000);
  });
  expect(screen.getByText("1 min ago")).toBeTruthy();
});

it("shows_a_dash_where_there_is_no_time", () => {
  render(<Time at={null} />);
  expect(screen.getByText("–")).toBeTruthy();
});
