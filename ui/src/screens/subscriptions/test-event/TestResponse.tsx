// The response to a test, its latency, and the next step if it failed.

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

export interface TestResponseProps {
  /** The delivery; `null` if it did not finish in time. */
  detail: DeliveryDetail | null | undefined;
  busy: boolean;
  problem: Problem | null;
  /** The host of the endpoint. */
  host: string;
  /** Buttons beside the verdict. */
  actions?: ReactNode;
}

export function TestResponse({ detail, busy, problem, host, actions }: TestResponseProps) {
  if (busy) {
    return (
      <div className={css.sending} role="status">
        <Loader size={16} />
        <span>Sending a test to {host}…</span>
      </div>
    );
  }
  if (problem) return <ProblemBox problem={problem} action={actions} />;
  if (detail === undefined) return null;
  const attempt = detail?.attempts.at(-1);
  if (detail === null || !attempt) {
    return (
      <Verdict tone="retry" headline="No response yet." actions={actions}>
        The test is queued in the dispatching process. It appears in the log once it is sent.
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
        <Empty title="No response">The attempt ended before a response arrived.</Empty>
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
        View delivery
      </Button>
    </>
  );
  if (detail.state === "delivered" && attempt) {
    return (
      <Verdict
        tone="ok"
        headline={`${host} responded with ${attempt.status ?? ""} in ${duration(attempt.timings.total_ms)}.`}
        actions={all}
      >
        The endpoint accepted the {attempt.request && hasSignature(attempt.request.headers) ? "signed " : ""}
        test. Tests carry the header X-Hookbench-Test.
      </Verdict>
    );
  }
  const verdict = attempt?.verdict;
  return (
    <Verdict
      headline={verdict?.summary ?? "The test failed."}
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

/** The subscription to test. */
export interface Tested {
  id: string;
  name: string;
  url: string;
}

/** Tests a subscription and shows the response in a dialog: `ask(line)` sends, `dialog` is rendered. */
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
        <TestResponse
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
