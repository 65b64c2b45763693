// The test of a subscription that runs at a platform: first at a target of Hookbench's own, then at
// the receiver.

import { Button, Loader } from "@mantine/core";
import type { UseMutationResult } from "@tanstack/react-query";
import type { Problem } from "~/api";
import type { Rehearsal } from "~/api/types";
import { ProblemBox, Verdict } from "~/parts";
import { Attempts } from "~/screens/deliveries/attempt/Attempts";
import { ResponseMessage } from "~/screens/deliveries/attempt/Message";
import css from "../subscriptions.module.css";

export interface RehearsedProps {
  test: UseMutationResult<Rehearsal, Problem, { id: string }>;
  host: string;
  platform: string;
  onAgain: () => void;
  /** Puts the answer away; without it, it stays. */
  onClose?: () => void;
}

export function Rehearsed({ test, host, platform, onAgain, onClose }: RehearsedProps) {
  if (!test.isPending && !test.data && !test.error) return null;
  return (
    <div className={css.section}>
      <h3>
        <span className="grow">Test</span>
        {!test.isPending && onClose && (
          <Button size="xs" variant="subtle" color="gray" onClick={onClose}>
            Put away
          </Button>
        )}
      </h3>
      {test.isPending ? (
        <div className={css.sending} role="status">
          <Loader size={16} />
          <span>
            {platform} offers no test. Sending a sample to a target of Hookbench's own, then to {host}…
          </span>
        </div>
      ) : test.error ? (
        <ProblemBox problem={test.error} action={<Button onClick={onAgain}>Test again</Button>} />
      ) : (
        test.data && <Answer answer={test.data} host={host} onAgain={onAgain} />
      )}
    </div>
  );
}

function Answer({ answer, host, onAgain }: { answer: Rehearsal; host: string; onAgain: () => void }) {
  const { rehearsal, verified, delivery, note } = answer;
  const real = delivery?.attempts.at(-1);
  const good = delivery?.state === "delivered";
  const first =
    rehearsal.state !== "delivered"
      ? "The sample did not even reach Hookbench's own target."
      : verified === false
        ? "At Hookbench's own target the signature does not verify."
        : verified
          ? "At Hookbench's own target it arrived, and its signature verifies."
          : "At Hookbench's own target it arrived.";
  const verdict = real?.verdict;
  return (
    <div className="stack">
      <Verdict
        tone={good ? "ok" : "fail"}
        headline={
          good
            ? `${host} answered ${real?.status ?? ""}. ${first}`
            : `${first} ${verdict ? verdict.summary : `${host} was not asked.`}`
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
