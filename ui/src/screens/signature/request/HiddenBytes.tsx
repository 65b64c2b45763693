// The invisible bytes of a body, each with a button to remove them: the quickest test of a hypothesis.

import { UnstyledButton } from "@mantine/core";
import { plural } from "~/parts/format";
import classes from "../signature.module.css";
import { hidden } from "./bytes";

export interface HiddenBytesProps {
  text: string;
  onChange: (text: string) => void;
}

function Mark({ label, action, run }: { label: string; action: string; run: () => void }) {
  return (
    <span className={classes.mark}>
      {label}
      <UnstyledButton fz={12} onClick={run}>
        {action}
      </UnstyledButton>
    </span>
  );
}

export function HiddenBytes({ text, onChange }: HiddenBytesProps) {
  const { bom, end, crlf, cr, nul } = hidden({ text });
  const bare = text.replace(/\r?\n$|\r$/, "");
  return (
    <div className={classes.hidden}>
      {end && <Mark label={`Trailing line break (${end})`} action="Remove" run={() => onChange(bare)} />}
      {crlf > 0 && (
        <Mark
          label={`${plural(crlf, "CRLF line break")}`}
          action="Convert to LF"
          run={() => onChange(text.replaceAll("\r\n", "\n"))}
        />
      )}
      {cr > 0 && <span className={classes.mark}>{plural(cr, "lone carriage return")} </span>}
      {nul > 0 && <span className={classes.mark}>{plural(nul, "NUL byte")} </span>}
      {bom && <Mark label="Byte order mark (BOM)" action="Remove" run={() => onChange(text.slice(1))} />}
      {text !== "" && !end && (
        <span>
          No trailing line break ·{" "}
          <UnstyledButton fz={12} c="var(--accent)" onClick={() => onChange(`${text}\n`)}>
            Add one
          </UnstyledButton>
        </span>
      )}
    </div>
  );
}
