// How a subscription is set up, as people read it.

import { Button } from "@mantine/core";
import { useAdvanced } from "~/api";
import type { SubscriptionLine } from "~/api/types";
import { useAct, useCall } from "~/data";
import { CopyButton, DefinitionList, Pill, ProblemBox, Time } from "~/parts";
import { duration } from "~/parts/format";
import { useEventTitles } from "~/parts/format/eventTitles";
import { MASK } from "../form/draft";
import { readPolicy, waitsInWords } from "../policy/policy";
import css from "../subscriptions.module.css";

/** More event types than this are counted, not listed. */
const LISTED = 12;

export function SettingsOf({ line }: { line: SubscriptionLine }) {
  const [advanced] = useAdvanced();
  const titleOf = useEventTitles();
  const platforms = useCall("platforms", null, { live: false });
  const platform = platforms.data?.find((p) => p.name === line.platform);
  const policy = readPolicy(line.policy);
  // Whose schedule it follows, where that is not its own platform's.
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
      <h3>Settings</h3>
      <DefinitionList
        width={112}
        items={[
          [
            "Goes to",
            <span className="line" key="url">
              <span className="mono" style={{ overflowWrap: "anywhere" }}>
                {shown.url}
              </span>
              <CopyButton text={shown.url} label="Copy the URL" small />
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
            "Is told",
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
            "Only if",
            line.filter && (
              <code className="mono" key="filter">
                {line.filter}
              </code>
            ),
          ],
          [
            "Sends",
            line.kind === "postback"
              ? `a postback, ${line.method}${line.template === null ? "" : ", with a body from a template"}`
              : line.template === null
                ? "the event as it is"
                : `what a template renders, as ${line.content_type}`,
          ],
          ["Platform", platform?.title ?? line.platform],
          ["Brand", line.brand],
          [
            "Signature",
            line.signed ? (
              <>
                Signed as {line.scheme}
                {line.scheme !== platform?.scheme && " (not the platform's own)"}
              </>
            ) : (
              "Not signed"
            ),
          ],
          [
            "Tried again",
            <>
              {waitsInWords(policy.delays_ms, policy.repeat_last)}
              {followed && <span className="dim"> (as {followed} does)</span>}
            </>,
          ],
          advanced && policy.timeout_ms !== null
            ? ["Timeout", duration(policy.timeout_ms)]
            : ["Timeout", null],
          ["Never again on", policy.final.length > 0 ? policy.final.join(", ") : null],
          ["Switched off by", policy.gone.length > 0 ? policy.gone.join(", ") : null],
          [
            "Switched off",
            line.auto_disable_after_ms === null
              ? null
              : `by itself, after failing for ${duration(line.auto_disable_after_ms)}`,
          ],
          ["Rate", line.rate_per_second === null ? null : `at most ${line.rate_per_second} a second`],
          ["At a time", line.concurrency === null ? null : `at most ${line.concurrency}`],
          [
            "Order",
            line.ordered_by !== null
              ? `one after the other, of each ${line.ordered_by}`
              : line.ordered
                ? "one after the other, in order"
                : null,
          ],
          [
            "Private network",
            line.allow_private ? (
              <Pill key="private" tone="retry">
                allowed
              </Pill>
            ) : null,
          ],
          ["Trusts", line.ca_pem === null ? null : "certificates of its own beside the system's"],
          [
            "Certificate",
            line.skip_tls_verify ? (
              <Pill key="unchecked" tone="retry">
                not checked
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
          ["Made", <Time key="made" at={line.created_at} form="both" />],
          line.updated_at === line.created_at
            ? ["Changed", null]
            : ["Changed", <Time key="changed" at={line.updated_at} form="both" />],
          [
            "Id",
            advanced ? (
              <span className="line mono" key="id">
                {line.id}
                <CopyButton text={line.id} label="Copy the id" small />
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
  if (pattern === "*") return "everything";
  if (pattern.endsWith(".*")) return `everything about ${titleOf(pattern.slice(0, -2)).toLowerCase()}s`;
  return titleOf(pattern).toLowerCase();
}
