// The health of a subscription over the last hour, and the cause if it is failing.

import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import type { SubscriptionLine } from "~/api/types";
import { AttemptsSparkline, Time, useNow, Verdict } from "~/parts";
import { count, percent, plural } from "~/parts/format";
import { actorWords } from "~/screens/deliveries/labels";
import type { DeliveriesSearch } from "~/screens/deliveries/search";
import { RetryFailed } from "~/screens/home/RetryFailed";
import { failingFor } from "~/screens/home/sentences";
import css from "../subscriptions.module.css";

export function Health({ line }: { line: SubscriptionLine }) {
  const { id, health } = line;
  const of = (search: DeliveriesSearch): DeliveriesSearch => ({ subscription: [id], range: "1h", ...search });
  return (
    <>
      <HealthVerdict line={line} />
      <div className={css.section}>
        <h3>
          <span className="grow">Last hour</span>
          <span className="dim">
            last success <Time at={health.last_success_at} />
          </span>
        </h3>
        <AttemptsSparkline attempts={health.tries} width="100%" height={36} />
        <div className={css.facts}>
          <Fact search={of({})} label="success rate">
            {health.success_rate === null ? "–" : percent(health.success_rate)}
          </Fact>
          <Fact search={of({ state: ["delivered"] })} label="delivered">
            {count(health.delivered)}
          </Fact>
          <Fact search={of({ state: ["failed"] })} label="failed" bad={health.failed > 0}>
            {count(health.failed)}
          </Fact>
          {health.skipped > 0 && (
            <Fact search={of({ state: ["skipped"] })} label="skipped">
              {count(health.skipped)}
            </Fact>
          )}
          <Fact
            search={of({ state: ["waiting", "retrying"], range: "all" })}
            label={
              health.next_at && health.waiting > 0 && line.enabled ? (
                <>
                  waiting, next <Time at={health.next_at} />
                </>
              ) : (
                "waiting"
              )
            }
          >
            {count(health.waiting)}
          </Fact>
        </div>
      </div>
    </>
  );
}

interface FactProps {
  search: DeliveriesSearch;
  label: ReactNode;
  bad?: boolean;
  children: ReactNode;
}

function Fact({ search, label, bad, children }: FactProps) {
  return (
    <Link to="/deliveries" search={search} className={css.fact} data-bad={bad || undefined}>
      <b>{children}</b>
      {label}
    </Link>
  );
}

/** The verdict if it is failing, the reason if it is disabled. */
function HealthVerdict({ line }: { line: SubscriptionLine }) {
  const { id, health } = line;
  const [retrying, setRetrying] = useState(false);
  const since = useNow((now) => failingFor(health, now) ?? "");
  if (!line.enabled) {
    return (
      <Verdict tone="skip" headline={line.disabled_because ? "Disabled by Hookbench." : "Disabled."}>
        {line.disabled_because && `${line.disabled_because}. `}
        Matching events are skipped and stay in the log.
        {health.waiting > 0 &&
          ` ${plural(health.waiting, "waiting delivery is", "waiting deliveries are")} held until it is enabled.`}
      </Verdict>
    );
  }
  if (!health.verdict) return null;
  return (
    <>
      <Verdict
        tone={health.light === "failing" ? "fail" : "retry"}
        headline={health.verdict.summary}
        who={actorWords(health.verdict.who)}
        actions={
          <>
            {health.shown_by && (
              <Button
                size="xs"
                renderRoot={(props) => (
                  <Link
                    {...props}
                    to="/deliveries"
                    search={{ subscription: [id], open: health.shown_by ?? undefined }}
                  />
                )}
              >
                View cause
              </Button>
            )}
            {health.failed > 0 && (
              <Button size="xs" onClick={() => setRetrying(true)}>
                Retry failed deliveries…
              </Button>
            )}
          </>
        }
      >
        {since && <span className={css.block}>No successful delivery for {since}.</span>}
        {health.verdict.detail && <span className={css.block}>{health.verdict.detail}</span>}
        <span className={css.next}>{health.verdict.next_step}</span>
      </Verdict>
      {retrying && <RetryFailed line={line} onClose={() => setRetrying(false)} />}
    </>
  );
}
