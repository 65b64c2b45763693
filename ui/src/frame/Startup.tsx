// Before the frame: the folder is being opened, or it cannot be.

import { Button } from "@mantine/core";
import { IconFolderOpen, IconPlayerPlay, IconRefresh } from "@tabler/icons-react";
import { useState } from "react";
import type { StatusView } from "~/api";
import { useAct } from "~/data";
import { Confirm, ProblemBox } from "~/parts";
import frame from "./frame.module.css";

/** Says nothing for the first moments, so that a quick start does not flicker. */
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
  newer_database: "This database was written by a newer Hookbench",
  unusable_database: "The database cannot be read",
  data_dir: "The data folder cannot be used",
  database_unavailable: "The database cannot be opened now",
  vault_unavailable: "The vault with your secrets is locked",
};

/** The whole window when the data folder cannot be used: what happened, and every way on. */
export function Trouble({ status }: { status: StatusView }) {
  const [asking, setAsking] = useState(false);
  const again = useAct("retry_open");
  const folder = useAct("open_data_dir");
  const demo = useAct("start_demo");
  const aside = useAct("set_aside", {
    done: "The old database was set aside. This is a new one.",
    after: () => setAsking(false),
  });
  const problem = status.problem;
  const busy = again.isPending || demo.isPending || aside.isPending;
  const failed = again.error ?? folder.error ?? demo.error ?? aside.error;
  return (
    <main className={frame.startup}>
      <div className={frame.trouble}>
        <h1>{(problem && HEADLINES[problem.code]) ?? "Your data cannot be opened"}</h1>
        <p className="dim" style={{ marginBottom: 16 }}>
          Nothing is sent and nothing is lost while it stands like this. The folder is{" "}
          <span className="mono">{status.data_dir}</span>.
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
              Set aside and start afresh…
            </Button>
          )}
          <Button
            leftSection={<IconPlayerPlay size={16} />}
            loading={demo.isPending}
            disabled={busy}
            onClick={() => demo.mutate(null)}
          >
            Start the demo meanwhile
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
        title="Set the database aside?"
        action="Set aside and start afresh"
        danger
        busy={aside.isPending}
        problem={aside.error}
        onConfirm={() => aside.mutate(null)}
        onClose={() => setAsking(false)}
      >
        The file is renamed and stays in the folder; nothing is deleted. Hookbench then starts with an empty
        database: subscriptions, secrets and the log of the old one are not in it.
      </Confirm>
    </main>
  );
}
