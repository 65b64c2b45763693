// Numbers, times and sizes in words, the same on every screen.

const counts = new Intl.NumberFormat("en-US");
const rates = new Intl.NumberFormat("en-US", { maximumFractionDigits: 1 });

/** `41,206` */
export function count(n: number): string {
  return counts.format(n);
}

/** `18` or `0.4`: how many a second. */
export function rate(perSecond: number): string {
  return perSecond >= 10 ? counts.format(Math.round(perSecond)) : rates.format(perSecond);
}

/** `1 delivery`, `34 deliveries` */
export function plural(n: number, one: string, many = `${one}s`): string {
  return `${count(n)} ${n === 1 ? one : many}`;
}

/** `99.86%`, never rounded up to 100%. */
export function percent(share: number): string {
  const floored = Math.floor(share * 10_000) / 100;
  return `${floored}%`;
}

/** `46 ms`, `4.8 s`, `2 min 5 s`, `2 h 36 min`, `8 days` */
export function duration(ms: number): string {
  if (ms < 1) return `${Math.max(0, Math.round(ms * 1000))} µs`;
  if (ms < 999.5) return `${ms < 10 ? rates.format(ms) : Math.round(ms)} ms`;
  if (ms < 59_950) return `${rates.format(ms / 1000)} s`;
  const s = Math.round(ms / 1000);
  if (s < 3600) return pair(Math.floor(s / 60), "min", s % 60, "s");
  const min = Math.round(s / 60);
  if (min < 48 * 60) return pair(Math.floor(min / 60), "h", min % 60, "min");
  return `${count(Math.round(min / 1440))} days`;
}

function pair(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`;
}

/** `74 bytes`, `12.4 kB`, `1.2 MB` */
export function size(bytes: number): string {
  if (bytes < 1000) return plural(bytes, "byte");
  if (bytes < 1_000_000) return `${rates.format(bytes / 1000)} kB`;
  return `${rates.format(bytes / 1_000_000)} MB`;
}

/** `$42.00` from minor units and an ISO 4217 code. */
export function money(minor: number, currency: string): string {
  try {
    const format = new Intl.NumberFormat("en-US", { style: "currency", currency });
    const digits = format.resolvedOptions().maximumFractionDigits ?? 2;
    return format.format(minor / 10 ** digits);
  } catch {
    return `${count(minor)} ${currency}`;
  }
}

const DAY = 86_400_000;

/** `now`, `12 s ago`, `3 min ago`, `2 h ago`, `in 5 min`, `8 days ago`: one unit, rounded down. */
export function relative(at: number, now: number): string {
  const away = Math.abs(now - at);
  if (away < 1500) return "now";
  const words =
    away < 60_000
      ? `${Math.floor(away / 1000)} s`
      : away < 3_600_000
        ? `${Math.floor(away / 60_000)} min`
        : away < 2 * DAY
          ? `${Math.floor(away / 3_600_000)} h`
          : `${count(Math.floor(away / DAY))} days`;
  return at > now ? `in ${words}` : `${words} ago`;
}

const two = (n: number) => String(n).padStart(2, "0");

/** `14:02:11` in local time. */
export function clock(at: number): string {
  const d = new Date(at);
  return `${two(d.getHours())}:${two(d.getMinutes())}:${two(d.getSeconds())}`;
}

const days = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" });
const years = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric" });

/** `12 Nov`, with the year when it is another one. */
export function day(at: number, now: number): string {
  const sameYear = new Date(at).getFullYear() === new Date(now).getFullYear();
  return (sameYear ? days : years).format(at);
}

/** The clock today, `12 Nov 14:02` before: what a list shows. */
export function moment(at: number, now: number): string {
  const today = new Date(at).toDateString() === new Date(now).toDateString();
  return today ? clock(at) : `${day(at, now)} ${clock(at).slice(0, 5)}`;
}

/** `2026-11-21 14:02:11.080 UTC` */
export function utc(at: number): string {
  return Number.isFinite(at) ? new Date(at).toISOString().replace("T", " ").replace("Z", " UTC") : "";
}
