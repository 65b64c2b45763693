// What the doctor finds: everything that dispatching needs, and what to do where something is wrong.

import { Button } from "@mantine/core";
import { IconAlertTriangle, IconCircleCheck, IconCircleX } from "@tabler/icons-react";
import { useState } from "react";
import type { DoctorCheck } from "~/api/types";
import { useCall } from "~/data";
import { CopyButton, Pill, ProblemBox, sentence } from "~/parts";
import classes from "./settings.module.css";

const LOOKS = {
  ok: { tone: "ok", icon: IconCircleCheck, word: "Well" },
  warning: { tone: "retry", icon: IconAlertTriangle, word: "Look" },
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
  // It reads the whole database: only when somebody asks.
  const { data, error, isFetching, refetch } = useCall("doctor", null, { live: false, enabled: asked });
  const look = () => {
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
          Looks at the data folder, the database, the vault, the ports, the clock, the disk and the trust
          store. It changes nothing.
        </p>
        <div className="line">
          {text && <CopyButton text={text} label="Copy the report" />}
          <Button loading={isFetching} onClick={look}>
            {data ? "Look again" : "Look at everything"}
          </Button>
        </div>
      </div>
      {error && <ProblemBox problem={error} />}
      {data && (
        <ul className={classes.checks} aria-label="What was found">
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
