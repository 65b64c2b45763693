// What cannot be seen in a body, each with a way to take it out: the quickest test of a suspicion.

import { UnstyledButton } from "@mantine/core";
import { plural } from "~/parts/format";
import classes from "../signature.module.css";
import { hidden } from "./bytes";

export interface HiddenBytesProps {
  text: string;
  onChange: (text: string) => void;
}

function Mark({ says, act, run }: { says: string; act: string; run: () => void }) {
  return (
    <span className={classes.mark}>
      {says}
      <UnstyledButton fz={12} onClick={run}>
        {act}
      </UnstyledButton>
    </span>
  );
}

export function HiddenBytes({ text, onChange }: HiddenBytesProps) {
  const { bom, end, crlf, cr, nul } = hidden({ text });
  const bare = text.replace(/\r?\n$|\r$/, "");
  return (
    <div className={classes.hidden}>
      {end && <Mark says={`Ends with a line end (${end})`} act="Remove" run={() => onChange(bare)} />}
      {crlf > 0 && (
        <Mark
          says={`${plural(crlf, "line end")} CRLF`}
          act="Turn into LF"
          run={() => onChange(text.replaceAll("\r\n", "\n"))}
        />
      )}
      {cr > 0 && <span className={classes.mark}>{plural(cr, "lone carriage return")} </span>}
      {nul > 0 && <span className={classes.mark}>{plural(nul, "NUL byte")} </span>}
      {bom && (
        <Mark says="Byte order mark (BOM) at the start" act="Remove" run={() => onChange(text.slice(1))} />
      )}
      {text !== "" && !end && (
        <span>
          Ends without a line end ·{" "}
          <UnstyledButton fz={12} c="var(--accent)" onClick={() => onChange(`${text}\n`)}>
            Add one
          </UnstyledButton>
        </span>
      )}
    </div>
  );
}
