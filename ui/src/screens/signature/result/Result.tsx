// The right half: the verdict, the steps, the difference, the fix.

import { IconCheck, IconX } from "@tabler/icons-react";
import { useAdvanced } from "~/api";
import type { Autopsy, LabResult } from "~/api/types";
import { Pill, sentence, Verdict } from "~/parts";
import { count, plural } from "~/parts/format";
import classes from "../signature.module.css";
import { confidenceLabel, firstSentence, stepLines } from "./autopsy";
import { Difference } from "./Difference";
import { Fix } from "./Fix";

/** The program's name for the typed secret, which is not worth repeating. */
const GIVEN = "the secret given";

function Finding({ answer }: { answer: LabResult }) {
  const { autopsy, secrets } = answer;
  const [headline, rest] = firstSentence(autopsy.explanation);
  const confidence = confidenceLabel(autopsy);
  const proven = confidence?.startsWith("Proven") ?? false;
  const tried = [
    autopsy.tried > 0 && `tried ${plural(autopsy.tried, "combination")}`,
    `${plural(secrets, "secret")}`,
  ].filter(Boolean);
  return (
    <Verdict
      tone={autopsy.valid ? "ok" : "fail"}
      headline={headline}
      actions={
        <>
          {autopsy.valid && (
            <Pill tone="ok" icon={IconCheck}>
              Verified
            </Pill>
          )}
          {confidence && (
            <Pill tone={proven ? "ok" : "retry"} icon={proven ? IconCheck : undefined}>
              {confidence}
            </Pill>
          )}
          <span className={`faint ${classes.tried}`}>{tried.join(" · ")}</span>
        </>
      }
    >
      {rest !== "" && <>{rest} </>}
      {secrets > 1 && autopsy.matching_secret && autopsy.matching_secret !== GIVEN && (
        <>
          It matches <b className={classes.fix}>{autopsy.matching_secret}</b>.{" "}
        </>
      )}
      {!autopsy.valid && <b className={classes.fix}>{autopsy.fix}</b>}
      {!autopsy.complete && " The body is large, so only likely combinations were tried."}
    </Verdict>
  );
}

function Steps({ autopsy, advanced }: { autopsy: Autopsy; advanced: boolean }) {
  const lines = stepLines(autopsy);
  if (lines.length === 0) return null;
  return (
    <ul className={`card ${classes.list} ${classes.steps}`} aria-label="Checks">
      {lines.map((line) => (
        <li key={line.key} className={classes.step}>
          <Pill
            tone={line.ok ? "ok" : "fail"}
            icon={line.ok ? IconCheck : IconX}
            bare
            label={line.ok ? "Passed" : "Failed"}
          />
          <span>{line.title}</span>
          <span title={line.detail ?? undefined}>{line.result}</span>
          {advanced && line.detail !== null && <small>{line.detail}</small>}
        </li>
      ))}
    </ul>
  );
}

function Others({ autopsy }: { autopsy: Autopsy }) {
  const others = autopsy.candidates.slice(1);
  if (others.length === 0) return null;
  return (
    <section aria-label="Other explanations">
      <div className={classes.label}>
        <h3>Other matches</h3>
        <span>{count(others.length)} less likely</span>
      </div>
      <ul className={`${classes.list} ${classes.others}`}>
        {others.map((other) => (
          <li key={`${other.cause} ${other.detail}`}>
            <Pill tone={other.confidence === "proven" ? "ok" : "retry"}>
              {other.confidence === "proven" ? "Proven" : "Likely"}
            </Pill>{" "}
            {sentence(other.detail)} <code className="mono faint">{other.changes.join(" + ")}</code>
          </li>
        ))}
      </ul>
    </section>
  );
}

export function Result({ answer, received }: { answer: LabResult; received: Uint8Array }) {
  const { autopsy } = answer;
  const [advanced] = useAdvanced();
  return (
    <>
      <div role="status" aria-live="polite">
        <Finding answer={answer} />
      </div>
      <Steps autopsy={autopsy} advanced={advanced} />
      {autopsy.difference && <Difference difference={autopsy.difference} received={received} />}
      {advanced && <Others autopsy={autopsy} />}
      <Fix snippets={answer.snippets} />
    </>
  );
}
