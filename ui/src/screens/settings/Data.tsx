// Where everything is kept, and where this machine listens.

import { Button } from "@mantine/core";
import { IconFolderOpen } from "@tabler/icons-react";
import { useAct, useCall } from "~/data";
import { CopyButton, DefinitionList, ProblemBox, Time } from "~/parts";
import classes from "./settings.module.css";

/** A path or address with a button that copies it. */
function Place({ text, label }: { text: string; label: string }) {
  return (
    <span className={classes.place}>
      <code className="mono">{text}</code>
      <CopyButton text={text} label={label} small />
    </span>
  );
}

function Address({ text, label, without }: { text: string | null; label: string; without: string }) {
  return text === null ? <span className="dim">{without}</span> : <Place text={text} label={label} />;
}

export function Data() {
  const { data: status, error } = useCall("status", null);
  const open = useAct("open_data_dir");
  if (error) return <ProblemBox problem={error} />;
  if (!status) return null;
  const separator = status.data_dir.includes("\\") ? "\\" : "/";
  const token = `${status.data_dir.replace(/[\\/]$/, "")}${separator}api-token`;
  const receiver = (
    <Address text={status.receiver} label="Copy the receiver's address" without="Does not listen now" />
  );
  const api = (
    <Address text={status.api} label="Copy the address of the local API" without="Does not answer now" />
  );
  return (
    <div className="card stack">
      <DefinitionList
        width={140}
        items={[
          [
            "Data folder",
            <span key="folder" className="line">
              <Place text={status.data_dir} label="Copy the path of the data folder" />
              <Button
                size="xs"
                leftSection={<IconFolderOpen size={14} stroke={1.6} />}
                loading={open.isPending}
                onClick={() => open.mutate(null)}
              >
                Open
              </Button>
            </span>,
          ],
          ["Receiver", receiver],
          ["Local API", api],
          ["API token", <Place key="token" text={token} label="Copy the path of the API token" />],
        ]}
      />
      <p className="dim">
        The local API takes the token in that file as <code className="mono">Authorization: Bearer …</code>.
        Only you can read the file. Everything else lies in <code className="mono">hookbench.db</code> beside
        it.
        {status.workspace === "demo" && " This is the demo's folder: it is removed when you leave the demo."}
      </p>
      {status.holder && (
        <p>
          {status.holder.what} (process {status.holder.pid}) dispatches from this folder since{" "}
          <Time at={status.holder.since} form="both" />. The window looks on and can queue work.
        </p>
      )}
      {status.notes.map((note) => (
        <p key={note}>{note}</p>
      ))}
      {open.error && <ProblemBox problem={open.error} />}
    </div>
  );
}
