// Why an event was, or was not, sent to a subscription: the answer, and each rule then and now.

import { IconCheck, IconMinus, IconQuestionMark, IconX } from "@tabler/icons-react";
import { useState } from "react";
import type { Clause, ClauseCode, Said, WhyView } from "~/api/types";
import type { Tone } from "~/theme";
import { toneStyle } from "../data-display/tone";
import css from "./diagnosis.module.css";

/** An answer, whoever it is about. */
type Why = Pick<WhyView, "sent" | "code" | "sentence" | "now_sentence" | "clauses">;

const NAMES: Record<ClauseCode, string> = {
  exists: "Exists",
  runs_here: "Runs here",
  test: "Test",
  duplicate: "Repeats",
  event_type: "Event type",
  brand: "Brand",
  filter: "Filter",
  enabled: "Switched on",
  paused: "Not paused",
  breaker: "Host is well",
  limits: "Limits",
};

/** The colour of an answer. */
export function whyTone({ code }: Pick<Why, "code">): Tone {
  switch (code) {
    case "delivered":
      return "ok";
    case "waiting":
      return "wait";
    case "held":
      return "retry";
    case "failed":
      return "fail";
    default:
      return "skip";
  }
}

/** The answer in a sentence, and the rules behind it once they are asked for. */
export function WhyAnswer({ why, open = false }: { why: Why; open?: boolean }) {
  const [shown, setShown] = useState(open);
  return (
    <div className={css.why}>
      <p>{why.sentence}</p>
      {why.now_sentence !== "The same event would be sent now." || !why.sent ? (
        <p className="dim">{why.now_sentence}</p>
      ) : null}
      <button type="button" className={css.more} aria-expanded={shown} onClick={() => setShown(!shown)}>
        {shown ? "Hide the rules" : "Show every rule"}
      </button>
      {shown && (
        <table className={css.rules}>
          <thead>
            <tr>
              <th scope="col">Rule</th>
              <th scope="col">When it came</th>
              <th scope="col">Now</th>
            </tr>
          </thead>
          <tbody>
            {why.clauses.map((clause) => (
              <Rule key={clause.clause} clause={clause} />
            ))}
          </tbody>
        </table>
      )}
    </div>
  );
}

const same = (a: Said, b: Said) => a.holds === b.holds && a.because === b.because;

function Rule({ clause }: { clause: Clause }) {
  return (
    <tr>
      <th scope="row">{NAMES[clause.clause]}</th>
      {same(clause.then, clause.now) ? (
        <td colSpan={2}>
          <Words said={clause.then} />
        </td>
      ) : (
        <>
          <td>
            <Words said={clause.then} />
          </td>
          <td>
            <Words said={clause.now} />
          </td>
        </>
      )}
    </tr>
  );
}

function Mark({ holds }: { holds: boolean | null }) {
  if (holds === null) return <IconQuestionMark size={13} stroke={2} aria-label="Not known" />;
  return holds ? (
    <IconCheck size={13} stroke={2.4} aria-label="Holds" style={{ color: "var(--ok)" }} />
  ) : (
    <IconX size={13} stroke={2.4} aria-label="Does not hold" style={{ color: "var(--fail)" }} />
  );
}

/** The generated type leaves the list out where there are none. */
const piecesOf = (said: Said) => said.pieces ?? [];

function Words({ said }: { said: Said }) {
  const pieces = piecesOf(said);
  const several = pieces.length > 1 || said.holds === false;
  return (
    <>
      <span className={css.said}>
        <Mark holds={said.holds} />
        <span>{upper(said.because)}</span>
      </span>
      {several &&
        pieces.map((piece, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a filter may say the same twice
          <span className={css.piece} key={index} style={toneStyle(piece.holds ? "ok" : "fail")}>
            {piece.holds ? (
              <IconCheck size={12} stroke={2.4} aria-label="Holds" />
            ) : (
              <IconMinus size={12} stroke={2.4} aria-label="Does not hold" />
            )}
            <code className="mono">{piece.text}</code>
            {piece.because !== "" && <span className="faint">{piece.because}</span>}
          </span>
        ))}
    </>
  );
}

const upper = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
