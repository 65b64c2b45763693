// The doctor's checks: everything that dispatching depends on, and what to do about failures.

import { Button } from "@mantine/core";
import { IconAlertTriangle, IconCircleCheck, IconCircleX } from "@tabler/icons-react";
import { useState } from "react";
import type { DoctorCheck } from "~/api/types";
import { useCall } from "~/data";
import { CopyButton, Pill, ProblemBox, sentence } from "~/parts";
import classes from "./settings.module.css";

const LOOKS = {
  ok: { tone: "ok", icon: IconCircleCheck, word: "OK" },
  warning: { tone: "retry", icon: IconAlertTriangle, word: "Warning" },
  failed: { tone: "fail", icon: IconCircleX, word: "Failed" },
} as const;

const NAMES: Record<string, string> = {
  data_dir: "Data folder",
  disk: "Disk",
  dispatcher: "Dispatcher",
  database: "Database",
  vault: "Vault",
  clock: "Clock",
  operations: "Operations",
  retention: "Retention",
  profiles: "Profiles",
  api_token: "API token",
  api_port: "API port",
  receiver_port: "Receiver port",
  tls: "Trust store",
};

export function Diagnostics() {
  const [asked, setAsked] = useState(false);
  // It reads the whole database, so it runs on request only.
  const { data, error, isFetching, refetch } = useCall("doctor", null, { live: false, enabled: asked });
  const run = () => {
    if (asked) void refetch();
    else setAsked(true);
  };
  const text = data?.checks
    .map(({ name, finding, found, advice }) => `${finding}\t${name}\t${found}${advice ? `\t${advice}` : ""}`)
    .join("\n");
  return (
    <div className="card stack">
      <div className={classes.choice}>
        <p className="dim">
          Checks the data folder, database, vault, ports, clock, disk and trust store. Nothing is changed.
        </p>
        <div className="line">
          {text && <CopyButton text={text} label="Copy report" />}
          <Button loading={isFetching} onClick={run}>
            {data ? "Run again" : "Run diagnostics"}
          </Button>
        </div>
      </div>
      {error && <ProblemBox problem={error} />}
      {data && (
        <ul className={classes.checks} aria-label="Diagnostics results">
          {data.checks.map((check) => (
            <Check key={check.name} check={check} />
          ))}
        </ul>
      )}
    </div>
  );
}

function Check({ check }: { check: DoctorCheck }) {
  const { tone, icon, word } = LOOKS[check.finding];
  return (
    <li>
      <Pill tone={tone} icon={icon}>
        {word}
      </Pill>
      <b>{NAMES[check.name] ?? check.name}</b>
      <span>
        {sentence(check.found)}
        {check.advice && <span className="dim"> {sentence(check.advice)}</span>}
      </span>
    </li>
  );
}
