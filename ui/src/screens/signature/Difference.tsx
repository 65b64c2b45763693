// Where what was signed and what came part, as bytes and as text.

import type { Difference as Parted } from "~/api/types";
import { count } from "~/parts/words";
import { type Cell, differenceRows, lengthGap } from "./autopsy";
import classes from "./signature.module.css";

function Row({ name, cells, ended }: { name: "signed" | "received"; cells: Cell[]; ended: boolean }) {
  const mark = (cell: Cell) => (cell.differs ? classes[name] : undefined);
  const end = ended && <span className={classes[name]}>end</span>;
  return (
    <>
      <span className="faint">{name}</span>
      <span>
        {cells.map((cell) => (
          <span key={cell.at}>
            <span className={mark(cell)}>{cell.hex}</span>{" "}
          </span>
        ))}
        {end}
      </span>
      <span>
        {cells.map((cell) => (
          <span key={cell.at} className={mark(cell)}>
            {cell.sign}
          </span>
        ))}
        {end}
      </span>
    </>
  );
}

export function Difference({ difference, received }: { difference: Parted; received: Uint8Array }) {
  const rows = differenceRows(difference, received);
  const ended = (length: number, cells: Cell[]) => rows.from + cells.length >= length;
  return (
    <section aria-label="First difference">
      <div className={classes.label}>
        <h3>First difference</h3>
        <span>
          byte {count(difference.offset)}, counted from 0
          {lengthGap(difference) && <> · {lengthGap(difference)}</>}
        </span>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <div className={classes.rows} tabIndex={0} role="group" aria-label="Signed and received bytes">
        <Row name="signed" cells={rows.signed} ended={ended(difference.signed_bytes, rows.signed)} />
        <Row name="received" cells={rows.received} ended={ended(difference.received_bytes, rows.received)} />
      </div>
    </section>
  );
}
