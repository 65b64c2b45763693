// Numbers, durations and times as text. Pure: now is an argument.

const whole = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });
const tenth = new Intl.NumberFormat("en-US", { maximumFractionDigits: 1 });

/** A count with thousands separated; above `cap`, the cap and a plus: `10,000+`. */
export function count(n: number, cap = Number.POSITIVE_INFINITY): string {
  return n > cap ? `${whole.format(cap)}+` : whole.format(n);
}

/** `1 delivery`, `2 deliveries`. */
export function plural(n: number, one: string, many = `${one}s`): string {
  return `${count(n)} ${n === 1 ? one : many}`;
}

/** A rate: one decimal below ten, none above. */
export function rate(perSecond: number): string {
  return perSecond < 9.95 ? tenth.format(perSecond) : whole.format(perSecond);
}

/** A share from 0 to 1 as per cent; never `100%` unless it is all, never `0%` unless it is none. */
export function percent(share: number): string {
  if (share >= 1) return "100%";
  if (share <= 0) return "0%";
  const value = share * 100;
  const digits = value > 99 || value < 1 ? 2 : 1;
  const cut = Math.floor(value * 10 ** digits) / 10 ** digits;
  return `${(cut === 0 ? 10 ** -digits : cut).toFixed(digits)}%`;
}

/** Bytes as `74 bytes`, `3.1 KB`, `2.0 MB` (powers of 1,000). */
export function bytes(n: number): string {
  if (n < 1000) return plural(n, "byte");
  if (n < 1_000_000) return `${(n / 1000).toFixed(1)} KB`;
  return `${(n / 1_000_000).toFixed(1)} MB`;
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A duration in milliseconds with at most two units: `46 ms`, `4.8 s`, `2 h 36 min`, `8 days`. */
export function duration(ms: number): string {
  const span = Math.max(0, ms);
  if (span < SECOND) return `${Math.round(span)} ms`;
  if (span < 10 * SECOND) return `${tenth.format(Math.floor(span / 100) / 10)} s`;
  if (span < MINUTE) return `${Math.floor(span / SECOND)} s`;
  if (span < HOUR) {
    const seconds = Math.floor((span % MINUTE) / SECOND);
    return `${Math.floor(span / MINUTE)} min${span < 10 * MINUTE && seconds > 0 ? ` ${seconds} s` : ""}`;
  }
  if (span < DAY) {
    const minutes = Math.floor((span % HOUR) / MINUTE);
    return `${Math.floor(span / HOUR)} h${minutes > 0 ? ` ${minutes} min` : ""}`;
  }
  return plural(Math.floor(span / DAY), "day");
}

/** How far a moment is from now, in one unit: `just now`, `12 s ago`, `in 4 min`, `8 days ago`. */
export function relative(at: number, now: number): string {
  const gap = Math.abs(now - at);
  if (gap < SECOND) return "just now";
  const amount =
    gap < MINUTE
      ? `${Math.floor(gap / SECOND)} s`
      : gap < HOUR
        ? `${Math.floor(gap / MINUTE)} min`
        : gap < DAY
          ? `${Math.floor(gap / HOUR)} h`
          : plural(Math.floor(gap / DAY), "day");
  return at > now ? `in ${amount}` : `${amount} ago`;
}

const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const dayShort = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" });
const dayLong = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric" });

/** A moment in local time: `14:02:11` today, `8 May 14:02:11` this year, with the year before. */
export function local(at: number, now: number): string {
  const then = new Date(at);
  const today = new Date(now);
  const time = clock.format(then);
  if (then.toDateString() === today.toDateString()) return time;
  const day = then.getFullYear() === today.getFullYear() ? dayShort : dayLong;
  return `${day.format(then)} ${time}`;
}

const hourMinute = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });

/** A moment to the minute in local time: `14:00` today, `9 May 14:00` on another day. */
export function toTheMinute(at: number, now: number): string {
  const then = new Date(at);
  const time = hourMinute.format(then);
  return then.toDateString() === new Date(now).toDateString() ? time : `${dayShort.format(then)} ${time}`;
}

/** A moment in UTC, to the millisecond, as the interface writes it. */
export function utc(at: number): string {
  return new Date(at).toISOString();
}

/** Milliseconds since 1970 from a timestamp of the program; `undefined` if invalid. */
export function moment(at: string | number | null | undefined): number | undefined {
  if (at === null || at === undefined) return undefined;
  const ms = typeof at === "number" ? at : Date.parse(at);
  return Number.isFinite(ms) ? ms : undefined;
}
