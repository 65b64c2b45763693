// A moment: how long ago, or the local time; UTC on hover.

import { local, moment, relative, utc } from "../format";
import { useNow } from "./clock";

export interface TimeProps {
  /** A timestamp of the program, or milliseconds since 1970; nothing shows a dash. */
  at: string | number | null | undefined;
  /** `relative` (12 s ago) by default; `absolute` is local time; `both` is local time and how long ago. */
  form?: "relative" | "absolute" | "both";
}

export function Time({ at, form = "relative" }: TimeProps) {
  const ms = moment(at);
  const text = useNow((now) => {
    if (ms === undefined) return "–";
    if (form === "relative") return relative(ms, now);
    if (form === "absolute") return local(ms, now);
    return `${local(ms, now)} · ${relative(ms, now)}`;
  });
  if (ms === undefined) return <span className="faint">–</span>;
  const stamp = utc(ms);
  const title = form === "relative" ? `${local(ms, 0)}\n${stamp} UTC` : `${stamp} UTC`;
  return (
    <time dateTime={stamp} title={title}>
      {text}
    </time>
  );
}
