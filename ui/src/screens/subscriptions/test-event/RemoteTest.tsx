// The test of a subscription that runs at a platform: first at a local target, then at the endpoint.

import { Button, Loader } from "@mantine/core";
import type { UseMutationResult } from "@tanstack/react-query";
import type { Problem } from "~/api";
import type { RemoteTestView } from "~/api/types";
import { ProblemBox, Verdict } from "~/parts";
import { Attempts } from "~/screens/deliveries/attempt/Attempts";
import { ResponseMessage } from "~/screens/deliveries/attempt/Message";
import css from "../subscriptions.module.css";

export interface RemoteTestProps {
  test: UseMutationResult<RemoteTestView, Problem, { id: string }>;
  host: string;
  platform: string;
  onAgain: () => void;
  /** Dismisses the result; without it, the result stays. */
  onClose?: () => void;
}

export function RemoteTest({ test, host, platform, onAgain, onClose }: RemoteTestProps) {
  if (!test.isPending && !test.data && !test.error) return null;
  return (
    <div className={css.section}>
      <h3>
        <span className="grow">Test</span>
        {!test.isPending && onClose && (
          <Button size="xs" variant="subtle" color="gray" onClick={onClose}>
            Dismiss
          </Button>
        )}
      </h3>
      {test.isPending ? (
        <div className={css.sending} role="status">
          <Loader size={16} />
          <span>
            {platform} has no test function. Sending a sample to a local target, then to {host}…
          </span>
        </div>
      ) : test.error ? (
        <ProblemBox problem={test.error} action={<Button onClick={onAgain}>Test again</Button>} />
      ) : (
        test.data && <TestResult result={test.data} host={host} onAgain={onAgain} />
      )}
    </div>
  );
}

function TestResult({
  result,
  host,
  onAgain,
}: {
  result: RemoteTestView;
  host: string;
  onAgain: () => void;
}) {
  const { rehearsal: local, verified, delivery, note } = result;
  const real = delivery?.attempts.at(-1);
  const good = delivery?.state === "delivered";
  const first =
    local.state !== "delivered"
      ? "The sample did not reach the local target."
      : verified === false
        ? "The signature is invalid at the local target."
        : verified
          ? "The sample reached the local target, and its signature is valid."
          : "The sample reached the local target.";
  const verdict = real?.verdict;
  return (
    <div className="stack">
      <Verdict
        tone={good ? "ok" : "fail"}
        headline={
          good
            ? `${host} responded with ${real?.status ?? ""}. ${first}`
            : `${first} ${verdict ? verdict.summary : `${host} was not tested.`}`
        }
        actions={
          <Button size="xs" variant={good ? "default" : "filled"} onClick={onAgain}>
            Test again
          </Button>
        }
      >
        {verdict && !good && <span className={css.next}>{verdict.next_step}</span>}
        <span className={css.block}>{note}</span>
      </Verdict>
      {delivery && real && (
        <>
          <Attempts detail={delivery} chosen={real.number} onChoose={() => {}} />
          {real.response && <ResponseMessage attempt={real} />}
        </>
      )}
    </div>
  );
}
