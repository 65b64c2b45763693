// The configuration of a subscription.

import { Button } from "@mantine/core";
import { useAdvanced } from "~/api";
import type { SubscriptionLine } from "~/api/types";
import { useAct, useCall } from "~/data";
import { CopyButton, DefinitionList, Pill, ProblemBox, Time } from "~/parts";
import { duration } from "~/parts/format";
import { useEventTitles } from "~/parts/format/eventTitles";
import { MASK } from "../form/draft";
import { delayWords, readPolicy } from "../policy/policy";
import css from "../subscriptions.module.css";

/** More event types than this are counted, not listed. */
const LISTED = 12;

export function Configuration({ line }: { line: SubscriptionLine }) {
  const [advanced] = useAdvanced();
  const titleOf = useEventTitles();
  const platforms = useCall("platforms", null, { live: false });
  const platform = platforms.data?.find((p) => p.name === line.platform);
  const policy = readPolicy(line.policy);
  // The preset it follows, if that is not its own platform's.
  const followed =
    !line.policy_own && policy.preset !== line.platform
      ? platforms.data?.find((p) => p.name === policy.preset)?.title
      : undefined;
  const more = line.events.length - LISTED;
  const reveal = useAct("subscription_reveal");
  const shown = reveal.data ?? line;
  const masked = line.url.includes(MASK) || line.headers.some(([, value]) => value === MASK);
  return (
    <div className={css.section}>
      <h3>Configuration</h3>
      <DefinitionList
        width={112}
        items={[
          [
            "Endpoint",
            <span className="line" key="url">
              <span className="mono" style={{ overflowWrap: "anywhere" }}>
                {shown.url}
              </span>
              <CopyButton text={shown.url} label="Copy URL" small />
            </span>,
          ],
          [
            "Credentials",
            masked ? (
              <span key="credentials">
                <Button
                  size="compact-xs"
                  variant="default"
                  loading={reveal.isPending}
                  onClick={() => (reveal.data ? reveal.reset() : reveal.mutate({ id: line.id }))}
                >
                  {reveal.data ? "Hide" : "Reveal"}
                </Button>
                {reveal.error && <ProblemBox problem={reveal.error} />}
              </span>
            ) : null,
          ],
          [
            "Event types",
            <span key="events">
              {line.events.slice(0, LISTED).map((type, i) => (
                <span key={type} title={type}>
                  {i > 0 && ", "}
                  {inWords(type, titleOf)}
                  {advanced && <span className="mono faint"> {type}</span>}
                </span>
              ))}
              {more > 0 && ` and ${more} more`}
            </span>,
          ],
          [
            "Filter",
            line.filter && (
              <code className="mono" key="filter">
                {line.filter}
              </code>
            ),
          ],
          [
            "Payload",
            line.kind === "postback"
              ? `Postback, ${line.method}${line.template === null ? "" : ", body from a template"}`
              : line.template === null
                ? "Event, unchanged"
                : `Template, sent as ${line.content_type}`,
          ],
          ["Platform", platform?.title ?? line.platform],
          ["Brand", line.brand],
          [
            "Signature",
            line.signed ? (
              <>
                {line.scheme}
                {line.scheme !== platform?.scheme && " (differs from the platform)"}
              </>
            ) : (
              "Unsigned"
            ),
          ],
          [
            "Retry schedule",
            <>
              {delayWords(policy.delays_ms, policy.repeat_last)}
              {followed && <span className="dim"> (preset {followed})</span>}
            </>,
          ],
          advanced && policy.timeout_ms !== null
            ? ["Timeout", duration(policy.timeout_ms)]
            : ["Timeout", null],
          ["Do not retry on", policy.final.length > 0 ? policy.final.join(", ") : null],
          ["Disabled by", policy.gone.length > 0 ? policy.gone.join(", ") : null],
          [
            "Auto-disable",
            line.auto_disable_after_ms === null
              ? null
              : `After failing for ${duration(line.auto_disable_after_ms)}`,
          ],
          ["Rate limit", line.rate_per_second === null ? null : `${line.rate_per_second} per second`],
          ["Concurrency", line.concurrency],
          [
            "Ordering",
            line.ordered_by !== null ? `FIFO per ${line.ordered_by}` : line.ordered ? "FIFO" : null,
          ],
          [
            "Private addresses",
            line.allow_private ? (
              <Pill key="private" tone="retry">
                Allowed
              </Pill>
            ) : null,
          ],
          ["Custom CA", line.ca_pem === null ? null : "Trusted in addition to the system's"],
          [
            "TLS verification",
            line.skip_tls_verify ? (
              <Pill key="unchecked" tone="retry">
                Skipped
              </Pill>
            ) : null,
          ],
          [
            "Headers",
            shown.headers.length > 0 ? (
              <span className="mono" key="headers">
                {shown.headers.map(([name, value]) => (
                  <span key={name} className={css.block}>
                    {name}: {value}
                  </span>
                ))}
              </span>
            ) : null,
          ],
          ["Created", <Time key="created" at={line.created_at} form="both" />],
          line.updated_at === line.created_at
            ? ["Updated", null]
            : ["Updated", <Time key="updated" at={line.updated_at} form="both" />],
          [
            "Id",
            advanced ? (
              <span className="line mono" key="id">
                {line.id}
                <CopyButton text={line.id} label="Copy id" small />
              </span>
            ) : null,
          ],
        ]}
      />
    </div>
  );
}

/** An event type or pattern in words. */
export function inWords(pattern: string, titleOf: (type: string) => string): string {
  if (pattern === "*") return "all events";
  if (pattern.endsWith(".*")) return `all ${titleOf(pattern.slice(0, -2)).toLowerCase()} events`;
  return titleOf(pattern).toLowerCase();
}
