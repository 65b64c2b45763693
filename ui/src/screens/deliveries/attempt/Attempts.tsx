// The attempts of a delivery as a waterfall, newest first.

import { IconClock, IconPlayerPause } from "@tabler/icons-react";
import { Fragment } from "react";
import type { AttemptView, DeliveryDetail } from "~/api/types";
import { Time, useNow } from "~/parts";
import { local } from "~/parts/format";
import styles from "../deliveries.module.css";
import { nextWords, responseLabel } from "../labels";
import {
  fine,
  fullScale,
  gapWords,
  PHASES,
  type Phase,
  reusedNumbers,
  segments,
  timingWords,
} from "./waterfall";

const COLOURS: Record<Phase, string> = {
  dns: "var(--wait)",
  connect: "var(--retry)",
  tls: "var(--accent)",
  wait: "var(--tone)",
  body: "var(--tone)",
};

const toneOf = ({ outcome }: AttemptView): string => (outcome === "success" ? "var(--ok)" : "var(--fail)");

export interface AttemptsProps {
  detail: DeliveryDetail;
  /** The number of the attempt that the panel shows. */
  chosen: number | undefined;
  onChoose: (number: number) => void;
}

export function Attempts({ detail, chosen, onChoose }: AttemptsProps) {
  const { attempts } = detail;
  const full = fullScale(attempts);
  const reused = reusedNumbers(attempts);
  const phases = new Set(attempts.flatMap((attempt) => segments(attempt, full).map(({ phase }) => phase)));
  return (
    <div>
      <ol className={styles.waterfall} aria-label="Attempts, newest first">
        <NextAttempt detail={detail} />
        {attempts.toReversed().map((attempt) => (
          <Attempt
            key={attempt.id}
            attempt={attempt}
            before={attempts[attempts.indexOf(attempt) - 1]}
            full={full}
            chosen={attempt.number === chosen}
            onChoose={() => onChoose(attempt.number)}
          />
        ))}
      </ol>
      <div className={styles.legend}>
        {PHASES.filter(({ phase }) => phases.has(phase)).map(({ phase, name }) => (
          <span key={phase}>
            <Swatch phase={phase} failed={attempts.some((each) => each.outcome !== "success")} />
            {name}
          </span>
        ))}
        {reused.length > 0 && (
          <span className={styles.reused} title="These attempts reused an open connection">
            connection reused on {listed(reused)}
          </span>
        )}
      </div>
    </div>
  );
}

function Swatch({ phase, failed }: { phase: Phase; failed: boolean }) {
  return (
    <i
      data-phase={phase}
      style={
        {
          background: COLOURS[phase],
          "--tone": failed ? "var(--fail)" : "var(--ok)",
        } as React.CSSProperties
      }
    />
  );
}

/** `2, 3` or `2 to 7`. */
function listed(numbers: readonly number[]): string {
  const [first = 0, last = 0] = [numbers[0], numbers.at(-1)];
  const run = numbers.length > 2 && last - first === numbers.length - 1;
  return run ? `${first} to ${last}` : numbers.join(", ");
}

interface AttemptProps {
  attempt: AttemptView;
  before: AttemptView | undefined;
  full: number;
  chosen: boolean;
  onChoose: () => void;
}

function Attempt({ attempt, before, full, chosen, onChoose }: AttemptProps) {
  const found = segments(attempt, full);
  const { total_us } = attempt.timings;
  const start = useNow((now) => local(Date.parse(attempt.started_at), now));
  const words = timingWords(found, total_us);
  const label = `Attempt ${attempt.number}, ${start}, ${responseLabel(attempt) || attempt.outcome}, ${words}`;
  return (
    <li style={{ "--tone": toneOf(attempt) } as React.CSSProperties}>
      <button
        type="button"
        className={styles.attempt}
        aria-current={chosen || undefined}
        aria-label={label}
        title={`${words}${attempt.connection.reused ? "; reused connection" : ""}`}
        onClick={onChoose}
      >
        <span className="faint">{attempt.number}</span>
        <span className="dim ellipsis">
          {start} <span className="faint">· {gapWords(attempt, before)}</span>
        </span>
        <span className={styles.track}>
          {found.map(({ phase, left, width }) => (
            <i
              key={phase}
              data-phase={phase}
              style={{ left: `${left}%`, width: `${width}%`, background: COLOURS[phase] }}
            />
          ))}
        </span>
        <span className={styles.result}>
          {attempt.trigger === "manual" && <span title="Triggered manually">manual</span>}
          <b>{responseLabel(attempt)}</b> {fine(total_us)}
        </span>
      </button>
    </li>
  );
}

/** The next scheduled attempt, above the past ones. */
function NextAttempt({ detail }: { detail: DeliveryDetail }) {
  const words = useNow((now) => nextWords(detail, now) ?? "");
  if (detail.held_because !== undefined) {
    return (
      <li className={styles.coming}>
        <IconPlayerPause size={13} stroke={1.8} aria-hidden="true" />
        <span>{detail.held_because}</span>
      </li>
    );
  }
  if (words === "") return null;
  return (
    <li className={styles.coming}>
      <IconClock size={13} stroke={1.8} aria-hidden="true" />
      <span>{words}</span>
      {detail.next_attempt_at && (
        <span className="faint">
          <Time at={detail.next_attempt_at} form="absolute" />
        </span>
      )}
    </li>
  );
}

/** Parts with dots between; empty ones are left out. */
export function Dotted({ parts }: { parts: readonly React.ReactNode[] }) {
  const shown = parts.filter((part) => part !== null && part !== undefined && part !== false && part !== "");
  return (
    <>
      {shown.map((part, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: parts are identified by their position
        <Fragment key={index}>
          {index > 0 && " · "}
          {part}
        </Fragment>
      ))}
    </>
  );
}
