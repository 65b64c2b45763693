// A point in time.
import { clock, day, moment, relative, utc } from "../words";
import { useNow } from "./ticker";

/** How a time is written: `ago` = "3 min ago", `moment` = "14:02:11" today and "12 Nov 14:02" before,
 * `clock` = "14:02:11", `full` = "12 Nov 14:02:11 · 3 min ago". */
export type TimeKind = "ago" | "moment" | "clock" | "full";

function written(kind: TimeKind, at: number, now: number): string {
  switch (kind) {
    case "ago":
      return relative(at, now);
    case "moment":
      return moment(at, now);
    case "clock":
      return clock(at);
    case "full":
      return `${day(at, now)} ${clock(at)} · ${relative(at, now)}`;
  }
}

/** Local time, with the other form and UTC on hover. `at` is RFC 3339; nothing shows a dash. */
export function Time({ at, kind = "ago" }: { at: string | null | undefined; kind?: TimeKind }) {
  const ms = at ? Date.parse(at) : Number.NaN;
  const words = useNow((now) => (Number.isFinite(ms) ? written(kind, ms, now) : "–"));
  if (!Number.isFinite(ms)) return <span>–</span>;
  const other = kind === "ago" ? `${clock(ms)} · ` : "";
  return (
    <time dateTime={at ?? undefined} title={`${other}${utc(ms)}`}>
      {words}
    </time>
  );
}
