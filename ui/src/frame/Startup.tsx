// Before the frame: the data folder is being opened, or cannot be opened.

import { Button } from "@mantine/core";
import { IconFolderOpen, IconPlayerPlay, IconRefresh } from "@tabler/icons-react";
import { useState } from "react";
import type { StatusView } from "~/api";
import { useAct } from "~/data";
import { Confirm, ProblemBox } from "~/parts";
import frame from "./frame.module.css";

/** Invisible for the first moments, so that a quick start does not flicker. */
export function Opening() {
  return (
    <main className={frame.startup}>
      <p className={frame.opening} role="status">
        Opening the data folder…
      </p>
    </main>
  );
}

/** What is wrong, by the problem's code. */
const HEADLINES: Record<string, string> = {
  newer_database: "This database was written by a newer Hookbench version",
  unusable_database: "The database cannot be read",
  data_dir: "The data folder cannot be used",
  database_unavailable: "The database is unavailable",
  vault_unavailable: "The vault with your secrets is locked",
};

/** The whole window when the data folder cannot be used: what happened, and what to do. */
export function StartupProblem({ status }: { status: StatusView }) {
  const [asking, setAsking] = useState(false);
  const again = useAct("retry_open");
  const folder = useAct("open_data_dir");
  const demo = useAct("start_demo");
  const aside = useAct("set_aside", {
    done: "The old database was set aside. Hookbench now uses a new one.",
    after: () => setAsking(false),
  });
  const problem = status.problem;
  const busy = again.isPending || demo.isPending || aside.isPending;
  const failed = again.error ?? folder.error ?? demo.error ?? aside.error;
  return (
    <main className={frame.startup}>
      <div className={frame.problem}>
        <h1>{(problem && HEADLINES[problem.code]) ?? "Your data cannot be opened"}</h1>
        <p className="dim" style={{ marginBottom: 16 }}>
          Deliveries are on hold until this is resolved; nothing is lost. Data folder:{" "}
          <span className="mono">{status.data_dir}</span>
        </p>
        {problem && <ProblemBox problem={problem} />}
        <div className={frame.choices}>
          <Button
            variant="filled"
            leftSection={<IconRefresh size={16} />}
            loading={again.isPending}
            disabled={busy}
            onClick={() => again.mutate(null)}
          >
            Try again
          </Button>
          <Button leftSection={<IconFolderOpen size={16} />} onClick={() => folder.mutate(null)}>
            Open the data folder
          </Button>
          {problem?.code === "unusable_database" && (
            <Button disabled={busy} onClick={() => setAsking(true)}>
              Set aside and start fresh…
            </Button>
          )}
          <Button
            leftSection={<IconPlayerPlay size={16} />}
            loading={demo.isPending}
            disabled={busy}
            onClick={() => demo.mutate(null)}
          >
            Start the demo instead
          </Button>
        </div>
        {failed && !asking && (
          <div style={{ marginTop: 12 }}>
            <ProblemBox problem={failed} />
          </div>
        )}
        <p className="faint" style={{ marginTop: 24 }}>
          Hookbench {status.version}
        </p>
      </div>
      <Confirm
        open={asking}
        title="Set this database aside?"
        action="Set aside and start fresh"
        danger
        busy={aside.isPending}
        problem={aside.error}
        onConfirm={() => aside.mutate(null)}
        onClose={() => setAsking(false)}
      >
        The file is renamed and stays in the data folder; nothing is deleted. Hookbench then starts with an
        empty database, without the subscriptions, secrets and log of the old one.
      </Confirm>
    </main>
  );
}
