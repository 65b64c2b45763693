// The first difference between the signed and the received body, as bytes and as text.

import type { Difference as Parted } from "~/api/types";
import { Hex } from "~/parts";
import { count } from "~/parts/format";
import classes from "../signature.module.css";
import { differenceRows, lengthGap } from "./autopsy";

/** Which of the two ends first. */
function endNote({ signed, received }: Parted): string {
  if (signed === "") return " · the signed body ends here";
  return received === "" ? " · the received body ends here" : "";
}

export function Difference({ difference, received }: { difference: Parted; received: Uint8Array }) {
  const rows = differenceRows(difference, received);
  const gap = lengthGap(difference);
  return (
    <section aria-label="First difference">
      <div className={classes.label}>
        <h3>First difference</h3>
        <span>
          at byte {count(difference.offset)}
          {gap && ` · ${gap}`}
          {endNote(difference)}
        </span>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <div className={classes.rows} tabIndex={0}>
        <Hex label="signed  " bytes={rows.signed.bytes} marks={rows.signed.marks} tone="ok" />
        <Hex label="received" bytes={rows.received.bytes} marks={rows.received.marks} tone="fail" />
      </div>
    </section>
  );
}
