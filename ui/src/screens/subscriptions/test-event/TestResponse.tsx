// What came back of a test: the answer, how long it took, and what to do if it failed.

import { Button, Loader, Modal } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import type { Problem } from "~/api";
import type { DeliveryDetail } from "~/api/types";
import { useAct } from "~/data";
import { Empty, ProblemBox, Verdict } from "~/parts";
import { duration } from "~/parts/format";
import { Attempts } from "~/screens/deliveries/attempt/Attempts";
import { ResponseMessage } from "~/screens/deliveries/attempt/Message";
import { actorWords } from "~/screens/deliveries/labels";
import css from "../subscriptions.module.css";

export interface TestAnswerProps {
  /** The answer; `null` when none came in time. */
  detail: DeliveryDetail | null | undefined;
  busy: boolean;
  problem: Problem | null;
  /** Where it goes, for people. */
  host: string;
  /** Buttons beside the verdict. */
  actions?: ReactNode;
}

export function TestAnswer({ detail, busy, problem, host, actions }: TestAnswerProps) {
  if (busy) {
    return (
      <div className={css.sending} role="status">
        <Loader size={16} />
        <span>Sending a test to {host} and waiting for its answer…</span>
      </div>
    );
  }
  if (problem) return <ProblemBox problem={problem} action={actions} />;
  if (detail === undefined) return null;
  const attempt = detail?.attempts.at(-1);
  if (detail === null || !attempt) {
    return (
      <Verdict tone="retry" headline="No answer yet." actions={actions}>
        The test waits in the queue of the process that dispatches. It shows up in the log when it is done.
      </Verdict>
    );
  }
  return (
    <div className="stack">
      <Outcome detail={detail} host={host} actions={actions} />
      <Attempts detail={detail} chosen={attempt.number} onChoose={() => {}} />
      {attempt.response ? (
        <ResponseMessage attempt={attempt} />
      ) : (
        <Empty title="No response">The attempt ended before an answer came.</Empty>
      )}
    </div>
  );
}

function Outcome({ detail, host, actions }: { detail: DeliveryDetail; host: string; actions?: ReactNode }) {
  const attempt = detail.attempts.at(-1);
  const all = (
    <>
      {actions}
      <Button
        size="xs"
        renderRoot={(props) => (
          <Link
            {...props}
            to="/deliveries"
            search={{ subscription: [detail.subscription], open: detail.id }}
          />
        )}
      >
        Open the delivery
      </Button>
    </>
  );
  if (detail.state === "delivered" && attempt) {
    return (
      <Verdict
        tone="ok"
        headline={`${host} answered ${attempt.status ?? ""} in ${duration(attempt.timings.total_ms)}.`}
        actions={all}
      >
        It works: the test arrived{attempt.request && hasSignature(attempt.request.headers) ? ", signed" : ""}
        . It carries the header X-Hookbench-Test, so that your receiver can tell it from the real thing.
      </Verdict>
    );
  }
  const verdict = attempt?.verdict;
  return (
    <Verdict
      headline={verdict?.summary ?? "The test did not arrive."}
      actions={all}
      who={verdict ? actorWords(verdict.who) : undefined}
    >
      {verdict?.detail && <span className={css.block}>{verdict.detail}</span>}
      {verdict && <span className={css.next}>{verdict.next_step}</span>}
    </Verdict>
  );
}

const hasSignature = (headers: readonly (readonly [string, string])[]) =>
  headers.some(([name]) => /signature/i.test(name));

/** A subscription as a test needs it. */
export interface Tested {
  id: string;
  name: string;
  url: string;
}

/** Tests a subscription and shows the answer in a dialog: `ask(line)` sends, `dialog` is to be drawn. */
export function useTestDialog(hostOf: (url: string) => string): {
  ask: (line: Tested) => void;
  dialog: ReactNode;
} {
  const [line, setLine] = useState<Tested | null>(null);
  const act = useAct("subscription_test");
  const ask = (next: Tested) => {
    setLine(next);
    act.mutate({ id: next.id });
  };
  const dialog = (
    <Modal
      opened={line !== null}
      onClose={() => setLine(null)}
      title={`Test of ${line?.name || hostOf(line?.url ?? "")}`}
      size={640}
    >
      {line && (
        <TestAnswer
          detail={act.data}
          busy={act.isPending}
          problem={act.error}
          host={hostOf(line.url)}
          actions={
            <Button size="xs" variant="filled" onClick={() => act.mutate({ id: line.id })}>
              Test again
            </Button>
          }
        />
      )}
    </Modal>
  );
  return { ask, dialog };
}
