// The receiver check: a test suite against the user's endpoint, and its report card.

import { Button, PasswordInput, Select, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import {
  IconAlertTriangle,
  IconCheck,
  IconClipboardCheck,
  IconMinus,
  IconX,
  type TablerIcon,
} from "@tabler/icons-react";
import type { CheckFinding, CheckResult, ReportCard } from "~/api/types";
import { useAct, useCall } from "~/data";
import { CopyButton, Empty, fieldError, Pill, ProblemBox, restProblem, sentence, Verdict } from "~/parts";
import type { Tone } from "~/theme";
import classes from "../receiver.module.css";
import { asText, cardTone } from "./reportCard";

const FIELDS = ["url", "scheme", "secret", "confirm_host", "event_type"];

const LOOKS: Record<CheckResult, { word: string; tone: Tone; icon: TablerIcon }> = {
  pass: { word: "Passed", tone: "ok", icon: IconCheck },
  warn: { word: "Warning", tone: "retry", icon: IconAlertTriangle },
  fail: { word: "Failed", tone: "fail", icon: IconX },
  skipped: { word: "Skipped", tone: "skip", icon: IconMinus },
};

export interface ReceiverCheckProps {
  /** The URL to start with. */
  url: string | undefined;
}

export function ReceiverCheck({ url = "" }: ReceiverCheckProps) {
  const form = useForm({
    initialValues: { url, scheme: "trcker", secret: "", previousSecret: "", host: "" },
  });
  const { data: schemes } = useCall("schemes", null, { live: false });
  const check = useAct("check_receiver");
  const rest = restProblem(check.error, FIELDS);
  const unconfirmed = fieldError(check.error, "confirm_host").error;
  return (
    <div className={classes.check}>
      <form
        className={classes.checkForm}
        aria-label="Receiver check"
        onSubmit={form.onSubmit((values) =>
          check.mutate({
            url: values.url.trim(),
            scheme: values.scheme,
            ...(values.scheme === "none" ? {} : { secret: values.secret }),
            ...(values.previousSecret === "" ? {} : { old_secret: values.previousSecret }),
            ...(values.host.trim() === "" ? {} : { confirm_host: values.host.trim() }),
          }),
        )}
      >
        <h2>Check your endpoint</h2>
        <p className="dim">
          Sends about forty requests to your endpoint: valid, tampered, unsigned, replayed, stale, duplicate,
          out of order, oversized and concurrent. Each has the header{" "}
          <code className="mono">X-Hookbench-Test: true</code>.
        </p>
        <TextInput
          label="Endpoint URL"
          placeholder="http://127.0.0.1:8080/hooks"
          {...form.getInputProps("url")}
          {...fieldError(check.error, "url")}
        />
        <Select
          label="Signature scheme"
          data={(schemes ?? []).map(({ name }) => ({ value: name, label: name }))}
          allowDeselect={false}
          searchable
          {...form.getInputProps("scheme")}
          {...fieldError(check.error, "scheme")}
        />
        {form.values.scheme !== "none" && (
          <>
            <PasswordInput
              label="Signing secret"
              autoComplete="off"
              {...form.getInputProps("secret")}
              {...fieldError(check.error, "secret")}
            />
            <PasswordInput
              label="Previous secret"
              description="The secret before the last rotation, if any."
              autoComplete="off"
              {...form.getInputProps("previousSecret")}
            />
          </>
        )}
        {(unconfirmed || form.values.host !== "") && (
          <TextInput
            label="Confirm host"
            description="This endpoint is not on this machine. Enter its host to confirm that you may test it."
            {...form.getInputProps("host")}
            error={unconfirmed}
          />
        )}
        {rest && <ProblemBox problem={rest} />}
        <Button type="submit" variant="filled" loading={check.isPending}>
          Run check
        </Button>
      </form>
      <div className={classes.report} aria-live="polite">
        {check.data ? (
          <Report card={check.data} />
        ) : (
          <Empty icon={IconClipboardCheck} title={check.isPending ? "Checking…" : "No report yet"}>
            For each case, the report card shows the expected and the actual response, why it matters, and how
            to fix it.
          </Empty>
        )}
      </div>
    </div>
  );
}

function Report({ card }: { card: ReportCard }) {
  return (
    <section className={classes.card} aria-label="Report card">
      <Verdict
        tone={cardTone(card)}
        headline={card.summary}
        actions={
          <>
            <CopyButton text={asText(card)} label="Copy report as text">
              Copy as text
            </CopyButton>
            <CopyButton text={JSON.stringify(card, null, 2)} label="Copy report as JSON">
              Copy as JSON
            </CopyButton>
          </>
        }
      >
        {card.passed} passed, {card.warned} with warnings, {card.failed} failed, {card.skipped} skipped.
      </Verdict>
      <ul className={classes.findings}>
        {card.findings.map((finding) => (
          <FindingRow key={finding.check} finding={finding} />
        ))}
      </ul>
    </section>
  );
}

function FindingRow({ finding }: { finding: CheckFinding }) {
  const { word, tone, icon } = LOOKS[finding.opinion];
  return (
    <li className={classes.finding} data-opinion={finding.opinion}>
      <Pill tone={tone} icon={icon} bare label={word} />
      <div>
        <div className="line">
          <b className="grow">{finding.title}</b>
          <span className="faint">expected {finding.expected}</span>
          <span className={finding.opinion === "skipped" ? "faint" : "mono"}>{finding.seen}</span>
        </div>
        {finding.fix !== null && (
          <>
            <p className="dim">Why it matters: {finding.why}.</p>
            <p>{sentence(finding.fix)}</p>
          </>
        )}
      </div>
    </li>
  );
}
