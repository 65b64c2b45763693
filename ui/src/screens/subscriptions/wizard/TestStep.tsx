// The last step: it is made; its secret, shown once; and the answer to a first test.

import { Button } from "@mantine/core";
import type { UseMutationResult } from "@tanstack/react-query";
import type { Problem } from "~/api";
import type { DeliveryDetail, Rehearsal, SavedSubscription } from "~/api/types";
import { Empty, Verdict } from "~/parts";
import { RequestMessage } from "~/screens/deliveries/attempt/Message";
import { SecretOnce } from "../NewSecret";
import { Scroll } from "../ScrollArea";
import css from "../subscriptions.module.css";
import { Rehearsed } from "../test-event/RemoteTest";
import { TestAnswer } from "../test-event/TestResponse";
import { hostOf } from "../url";

export interface TryItProps {
  made: SavedSubscription;
  test: UseMutationResult<DeliveryDetail | null, Problem, { id: string }>;
  /** The same for one that runs at a platform. */
  rehearsal: UseMutationResult<Rehearsal, Problem, { id: string }>;
  /** The platform's name for people. */
  platform: string;
  onEdit: () => void;
}

export function TryIt({ made, test, rehearsal, platform, onEdit }: TryItProps) {
  const host = hostOf(made.url);
  const failed = test.data !== undefined && test.data?.state !== "delivered";
  // The program leaves the list out where there is nothing to warn of.
  const warnings: readonly string[] = made.warnings ?? [];
  return (
    <div className={`${css.form} ${css.fields}`}>
      <div>
        <h2 className={css.question}>{made.name || host} is set up.</h2>
        <p className="dim">
          {made.remote
            ? `From now on ${platform} tells it about what you chose, also while this machine is off.`
            : "From now on it is told about what you chose."}
        </p>
      </div>
      {warnings.length > 0 && (
        <Verdict tone="retry" headline="Is this meant?">
          {warnings.map((warning) => (
            <span key={warning} className={css.block}>
              {warning}
            </span>
          ))}
        </Verdict>
      )}
      {made.secret && (
        <div className={css.section}>
          <h3>Its secret</h3>
          <SecretOnce secret={made.secret} />
        </div>
      )}
      {made.remote ? (
        <Rehearsed
          test={rehearsal}
          host={host}
          platform={platform}
          onAgain={() => rehearsal.mutate({ id: made.id })}
        />
      ) : (
        <div className={css.section}>
          <h3>A first test</h3>
          <TestAnswer
            detail={test.data}
            busy={test.isPending}
            problem={test.error}
            host={host}
            actions={
              <>
                <Button
                  size="xs"
                  variant={failed ? "filled" : "default"}
                  onClick={() => test.mutate({ id: made.id })}
                >
                  Test again
                </Button>
                {failed && (
                  <Button size="xs" onClick={onEdit}>
                    Change the settings
                  </Button>
                )}
              </>
            }
          />
        </div>
      )}
    </div>
  );
}

/** What was sent, beside the answer. */
export function Answered({ detail, busy }: { detail: DeliveryDetail | null | undefined; busy: boolean }) {
  const attempt = detail?.attempts.at(-1);
  return (
    <Scroll className={css.side} label="What was sent">
      <h2>What was sent</h2>
      {attempt?.request ? (
        <RequestMessage attempt={attempt} />
      ) : (
        <Empty title={busy ? "On its way" : "Nothing was sent"}>
          {busy
            ? "The exact request shows here as soon as it went out."
            : "The test ended before a request went out."}
        </Empty>
      )}
    </Scroll>
  );
}
