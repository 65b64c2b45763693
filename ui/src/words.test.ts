import { describe, expect, it } from "vitest";
import { duration, money, percent, plural, rate, relative, size } from "./words";

describe("words", () => {
  it("names_a_duration_in_its_two_largest_units", () => {
    const cases: [number, string][] = [
      [0.25, "250 µs"],
      [4.84, "4.8 ms"],
      [46.2, "46 ms"],
      [999.6, "1 s"],
      [4800, "4.8 s"],
      [125_000, "2 min 5 s"],
      [9_360_000, "2 h 36 min"],
      [8 * 86_400_000, "8 days"],
    ];
    for (const [ms, words] of cases) expect(duration(ms)).toBe(words);
  });

  it("never_rounds_a_share_up_to_all", () => {
    expect(percent(0.99999)).toBe("99.99%");
    expect(percent(1)).toBe("100%");
  });

  it("says_how_long_ago_and_how_soon", () => {
    expect(relative(1_000_000, 1_000_900)).toBe("now");
    expect(relative(1_000_000, 1_012_400)).toBe("12 s ago");
    expect(relative(1_400_000, 1_000_000)).toBe("in 6 min");
    expect(relative(0, 30 * 3_600_000)).toBe("30 h ago");
    expect(relative(0, 8 * 86_400_000)).toBe("8 days ago");
  });

  it("writes_money_by_the_digits_of_its_currency", () => {
    expect(money(4200, "USD")).toBe("$42.00");
    expect(money(4200, "JPY")).toBe("¥4,200");
    expect(money(4200, "points")).toBe("4,200 points");
  });

  it("writes_counts_sizes_and_rates", () => {
    expect(plural(1, "delivery", "deliveries")).toBe("1 delivery");
    expect(plural(41_206, "delivery", "deliveries")).toBe("41,206 deliveries");
    expect(size(74)).toBe("74 bytes");
    expect(size(1_234_567)).toBe("1.2 MB");
    expect(rate(0.42)).toBe("0.4");
    expect(rate(18.3)).toBe("18");
  });
});
