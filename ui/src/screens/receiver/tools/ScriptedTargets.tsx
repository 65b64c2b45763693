// Scripted targets: test endpoints on this machine with scripted responses, and their requests.

import { Button, PasswordInput, Select, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { IconPlayerPlay, IconPlayerStop, IconTarget } from "@tabler/icons-react";
import { useState } from "react";
import type { TargetRequest, TargetView } from "~/api/types";
import { useAct, useCall } from "~/data";
import {
  Code,
  type Column,
  CopyButton,
  DefinitionList,
  Empty,
  fieldError,
  Pill,
  ProblemBox,
  Rows,
  restProblem,
  Split,
  Time,
} from "~/parts";
import { bytes } from "~/parts/format";
import classes from "../receiver.module.css";
import { shownBody } from "../requests/requests";

const FIELDS = ["script", "scheme", "secret"];
const NO_SCHEME = "";

/** Example scripts. */
const SCRIPTS = [
  { script: "200", words: "always 200" },
  { script: "verify", words: "200 if the signature is valid, else 401" },
  { script: "500x3,200", words: "fails three times, then recovers" },
  { script: "429:30,200", words: "rate limits once, for 30 seconds" },
  { script: "slow:8s", words: "responds after 8 seconds" },
  { script: "timeout", words: "never responds" },
  { script: "reset", words: "resets the connection" },
  { script: "flaky:0.3", words: "fails 30% of requests" },
  { script: "redirect:/login", words: "redirects to a login page" },
  { script: "drip:5s", words: "sends its body byte by byte" },
  { script: "huge", words: "a body of 64 MiB" },
  { script: "bomb", words: "1 MB that decompresses to 1 GB" },
];

const COLUMNS: readonly Column<TargetRequest>[] = [
  {
    id: "proof",
    header: <span className="hidden">State</span>,
    width: "26px",
    cell: ({ verified }) =>
      verified && (
        <Pill
          tone={verified.valid ? "ok" : "fail"}
          bare
          label={verified.valid ? "Signature valid" : "Signature invalid"}
        >
          {verified.valid ? "✓" : "✗"}
        </Pill>
      ),
  },
  {
    id: "at",
    header: "Time",
    width: "92px",
    cell: ({ at }) => (
      <span className="num dim">
        <Time at={at} form="absolute" />
      </span>
    ),
  },
  {
    id: "what",
    header: "Request",
    width: "minmax(120px, 1fr)",
    cell: ({ method, path, body_bytes }) => (
      <>
        <span className="mono">
          {method} {path}
        </span>{" "}
        <span className="faint">{bytes(body_bytes)}</span>
      </>
    ),
  },
  {
    id: "response",
    header: "Response",
    width: "120px",
    align: "end",
    cell: ({ answered }) => <span className="mono">{answered}</span>,
  },
];

export interface ScriptedTargetsProps {
  selected: string | undefined;
  onSelect: (id: string | undefined) => void;
  /** Opens the receiver check on an address. */
  onCheck: (url: string) => void;
}

export function ScriptedTargets({ selected, onSelect, onCheck }: ScriptedTargetsProps) {
  const { data: targets, error } = useCall("targets", null);
  const target = targets?.find(({ id }) => id === selected) ?? targets?.at(-1);
  return (
    <Split
      id="targets"
      label="Target"
      width={440}
      left={
        target ? (
          <TargetRequests key={target.id} target={target} />
        ) : (
          <Empty icon={IconTarget} title="No target is running">
            A target is a test endpoint on this machine that follows a script: it responds slowly, with
            errors, or not at all. Point a subscription at it to see how deliveries behave. Start one on the
            right.
          </Empty>
        )
      }
      right={
        <div className={classes.detail}>
          {error && <ProblemBox problem={error} />}
          {(targets ?? []).map((one) => (
            <Card
              key={one.id}
              target={one}
              on={one.id === target?.id}
              onSelect={() => onSelect(one.id)}
              onCheck={() => onCheck(one.url)}
            />
          ))}
          <Start onStarted={(one) => onSelect(one.id)} />
        </div>
      }
    />
  );
}

interface CardProps {
  target: TargetView;
  on: boolean;
  onSelect: () => void;
  onCheck: () => void;
}

function Card({ target, on, onSelect, onCheck }: CardProps) {
  const stop = useAct("target_stop", { done: `Target ${target.url} stopped.` });
  return (
    <section
      className={`card ${classes.address}`}
      data-on={on || undefined}
      aria-label={`Target ${target.url}`}
    >
      <div className="line">
        <code className={`mono ${classes.url}`}>{target.url}</code>
        <CopyButton text={target.url} label="Copy target URL" small />
      </div>
      <DefinitionList
        items={[
          [
            "Script",
            <code key="script" className="mono">
              {target.script}
            </code>,
          ],
          ["Verification", target.scheme ?? "None"],
          ["Requests", String(target.requests)],
        ]}
      />
      {stop.error && <ProblemBox problem={stop.error} />}
      <div className="line">
        {!on && <Button onClick={onSelect}>View requests</Button>}
        <Button onClick={onCheck}>Run receiver check</Button>
        <Button
          leftSection={<IconPlayerStop size={15} stroke={1.6} />}
          loading={stop.isPending}
          onClick={() => stop.mutate({ id: target.id })}
        >
          Stop
        </Button>
      </div>
    </section>
  );
}

function Start({ onStarted }: { onStarted: (target: TargetView) => void }) {
  const form = useForm({ initialValues: { script: "200", scheme: NO_SCHEME, secret: "" } });
  const { script, scheme, secret } = form.values;
  const { data: schemes } = useCall("schemes", null, { live: false });
  const start = useAct("target_start", { after: onStarted });
  const known = SCRIPTS.find((one) => one.script === script.trim());
  const rest = restProblem(start.error, FIELDS);
  const signs = scheme !== NO_SCHEME && scheme !== "none";
  return (
    <form
      className={`card ${classes.address}`}
      aria-label="New target"
      onSubmit={form.onSubmit(() =>
        start.mutate({ script, ...(scheme === NO_SCHEME ? {} : { scheme }), ...(signs ? { secret } : {}) }),
      )}
    >
      <h3>New target</h3>
      <Select
        label="Behavior"
        data={SCRIPTS.map((one) => ({ value: one.script, label: `${one.script} · ${one.words}` }))}
        value={known?.script ?? null}
        placeholder="Custom script"
        onChange={(value) => {
          if (value === null) return;
          form.setFieldValue("script", value);
          if (value === "verify" && scheme === NO_SCHEME) form.setFieldValue("scheme", "trcker");
        }}
      />
      <TextInput
        label="Script"
        description="Steps separated by commas; x3 repeats a step, and the last step applies to all further requests. Or a JSON list with status, headers, body, delay_ms and times."
        inputWrapperOrder={["label", "input", "description", "error"]}
        {...form.getInputProps("script")}
        {...fieldError(start.error, "script")}
      />
      <Select
        label="Verify requests"
        data={[
          { value: NO_SCHEME, label: "No" },
          ...(schemes ?? [])
            .filter(({ name }) => name !== "none")
            .map(({ name }) => ({ value: name, label: name })),
        ]}
        allowDeselect={false}
        {...form.getInputProps("scheme")}
        {...fieldError(start.error, "scheme")}
      />
      {signs && (
        <PasswordInput
          label="Signing secret"
          placeholder="The sender's secret"
          autoComplete="off"
          {...form.getInputProps("secret")}
          {...fieldError(start.error, "secret")}
        />
      )}
      {rest && <ProblemBox problem={rest} />}
      <div className="line">
        <Button
          type="submit"
          variant="filled"
          loading={start.isPending}
          leftSection={<IconPlayerPlay size={15} stroke={1.6} />}
        >
          Start
        </Button>
      </div>
    </form>
  );
}

const NONE: readonly TargetRequest[] = [];
const keyOf = ({ number }: TargetRequest) => String(number);

function TargetRequests({ target }: { target: TargetView }) {
  const { data = NONE, error } = useCall("target_requests", { id: target.id }, { keep: false });
  const [open, setOpen] = useState<string | null>(null);
  const request = data.find((one) => keyOf(one) === open);
  return (
    <div className={classes.requests}>
      <div className={classes.bar}>
        <b>Requests to {target.url}</b>
        <span className="faint">{target.requests > data.length && `the last ${data.length}`}</span>
      </div>
      <Rows
        label="Requests to the target"
        rows={data}
        columns={COLUMNS}
        rowId={keyOf}
        selected={open}
        onSelect={(key) => setOpen(key === open ? null : key)}
        error={error}
        empty={
          <Empty icon={IconTarget} title="No requests yet">
            Send a request to {target.url}, or point a subscription at it.
          </Empty>
        }
      />
      {request && (
        <div className={classes.arrival}>
          {request.verified && (
            <p>
              Signature: <b>{request.verified.reason.replaceAll("_", " ")}</b>
              {request.verified.valid ? "" : `. ${request.verified.steps.at(-1)?.detail ?? ""}`}
            </p>
          )}
          <Code
            label="Request headers"
            language="plain"
            maxHeight={140}
            text={request.headers.map(([name, value]) => `${name}: ${value}`).join("\n")}
          />
          <Code
            label="Request body"
            maxHeight={200}
            language={shownBody(request).isText ? "json" : "plain"}
            text={shownBody(request).text}
          />
        </div>
      )}
    </div>
  );
}
