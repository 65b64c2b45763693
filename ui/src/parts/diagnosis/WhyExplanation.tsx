// Why an event was or was not sent to a subscription: the explanation, and each rule then and now.

import { IconCheck, IconMinus, IconQuestionMark, IconX } from "@tabler/icons-react";
import { useState } from "react";
import type { Clause, ClauseCode, Said, WhyView } from "~/api/types";
import type { Tone } from "~/theme";
import { toneStyle } from "../data-display/tone";
import css from "./diagnosis.module.css";

/** The explanation, for any subscription. */
type Why = Pick<WhyView, "sent" | "code" | "sentence" | "now_sentence" | "clauses">;

const NAMES: Record<ClauseCode, string> = {
  exists: "Exists",
  runs_here: "Sent by this machine",
  test: "Test",
  duplicate: "Duplicate",
  event_type: "Event type",
  brand: "Brand",
  filter: "Filter",
  enabled: "Enabled",
  paused: "Not paused",
  breaker: "Host healthy",
  limits: "Limits",
};

/** The color of an explanation. */
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

/** The explanation in a sentence, with the rules on demand. */
export function WhyExplanation({ why, open = false }: { why: Why; open?: boolean }) {
  const [shown, setShown] = useState(open);
  return (
    <div className={css.why}>
      <p>{why.sentence}</p>
      {why.now_sentence !== "The same event would be sent now." || !why.sent ? (
        <p className="dim">{why.now_sentence}</p>
      ) : null}
      <button type="button" className={css.more} aria-expanded={shown} onClick={() => setShown(!shown)}>
        {shown ? "Hide rules" : "Show rules"}
      </button>
      {shown && (
        <table className={css.rules}>
          <thead>
            <tr>
              <th scope="col">Rule</th>
              <th scope="col">At the time</th>
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
          <RuleResult result={clause.then} />
        </td>
      ) : (
        <>
          <td>
            <RuleResult result={clause.then} />
          </td>
          <td>
            <RuleResult result={clause.now} />
          </td>
        </>
      )}
    </tr>
  );
}

function Mark({ holds }: { holds: boolean | null }) {
  if (holds === null) return <IconQuestionMark size={13} stroke={2} aria-label="Unknown" />;
  return holds ? (
    <IconCheck size={13} stroke={2.4} aria-label="True" style={{ color: "var(--ok)" }} />
  ) : (
    <IconX size={13} stroke={2.4} aria-label="False" style={{ color: "var(--fail)" }} />
  );
}

/** The generated type leaves the list out where there are none. */
const piecesOf = (result: Said) => result.pieces ?? [];

function RuleResult({ result }: { result: Said }) {
  const pieces = piecesOf(result);
  const several = pieces.length > 1 || result.holds === false;
  return (
    <>
      <span className={css.result}>
        <Mark holds={result.holds} />
        <span>{upper(result.because)}</span>
      </span>
      {several &&
        pieces.map((piece, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a filter may say the same twice
          <span className={css.piece} key={index} style={toneStyle(piece.holds ? "ok" : "fail")}>
            {piece.holds ? (
              <IconCheck size={12} stroke={2.4} aria-label="True" />
            ) : (
              <IconMinus size={12} stroke={2.4} aria-label="False" />
            )}
            <code className="mono">{piece.text}</code>
            {piece.because !== "" && <span className="faint">{piece.because}</span>}
          </span>
        ))}
    </>
  );
}

const upper = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
