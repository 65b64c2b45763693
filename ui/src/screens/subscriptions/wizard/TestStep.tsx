// The last step: the new secret, shown once, and the response to the first test.

import { Button } from "@mantine/core";
import type { UseMutationResult } from "@tanstack/react-query";
import type { Problem } from "~/api";
import type { DeliveryDetail, RemoteTestView, SavedSubscription } from "~/api/types";
import { Empty, Verdict } from "~/parts";
import { RequestMessage } from "~/screens/deliveries/attempt/Message";
import { NewSecret } from "../NewSecret";
import { ScrollArea } from "../ScrollArea";
import css from "../subscriptions.module.css";
import { RemoteTest } from "../test-event/RemoteTest";
import { TestResponse } from "../test-event/TestResponse";
import { hostOf } from "../url";

export interface TestStepProps {
  created: SavedSubscription;
  test: UseMutationResult<DeliveryDetail | null, Problem, { id: string }>;
  /** The test of a subscription that runs at a platform. */
  remoteTest: UseMutationResult<RemoteTestView, Problem, { id: string }>;
  /** The platform's title. */
  platform: string;
  onEdit: () => void;
}

export function TestStep({ created, test, remoteTest, platform, onEdit }: TestStepProps) {
  const host = hostOf(created.url);
  const failed = test.data !== undefined && test.data?.state !== "delivered";
  // The program leaves the list out where there is nothing to warn of.
  const warnings: readonly string[] = created.warnings ?? [];
  return (
    <div className={`${css.form} ${css.fields}`}>
      <div>
        <h2 className={css.question}>{created.name || host} is ready.</h2>
        <p className="dim">
          {created.remote
            ? `${platform} now sends the selected events, even while this machine is off.`
            : "The selected events are now sent to your endpoint."}
        </p>
      </div>
      {warnings.length > 0 && (
        <Verdict tone="retry" headline="Check these settings">
          {warnings.map((warning) => (
            <span key={warning} className={css.block}>
              {warning}
            </span>
          ))}
        </Verdict>
      )}
      {created.secret && (
        <div className={css.section}>
          <h3>Signing secret</h3>
          <NewSecret secret={created.secret} />
        </div>
      )}
      {created.remote ? (
        <RemoteTest
          test={remoteTest}
          host={host}
          platform={platform}
          onAgain={() => remoteTest.mutate({ id: created.id })}
        />
      ) : (
        <div className={css.section}>
          <h3>Test</h3>
          <TestResponse
            detail={test.data}
            busy={test.isPending}
            problem={test.error}
            host={host}
            actions={
              <>
                <Button
                  size="xs"
                  variant={failed ? "filled" : "default"}
                  onClick={() => test.mutate({ id: created.id })}
                >
                  Test again
                </Button>
                {failed && (
                  <Button size="xs" onClick={onEdit}>
                    Edit subscription
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

/** The request of the test, beside its response. */
export function TestRequest({ detail, busy }: { detail: DeliveryDetail | null | undefined; busy: boolean }) {
  const attempt = detail?.attempts.at(-1);
  return (
    <ScrollArea className={css.side} label="Request">
      <h2>Request</h2>
      {attempt?.request ? (
        <RequestMessage attempt={attempt} />
      ) : (
        <Empty title={busy ? "In flight" : "No request sent"}>
          {busy
            ? "The exact request appears here once it is sent."
            : "The test ended before a request was sent."}
        </Empty>
      )}
    </ScrollArea>
  );
}
