// The data folder, and the addresses this machine listens at.

import { Button } from "@mantine/core";
import { IconFolderOpen } from "@tabler/icons-react";
import { useAct, useCall } from "~/data";
import { CopyButton, DefinitionList, ProblemBox, Time } from "~/parts";
import classes from "./settings.module.css";

/** A path or address with a button that copies it. */
function Copyable({ text, label }: { text: string; label: string }) {
  return (
    <span className={classes.place}>
      <code className="mono">{text}</code>
      <CopyButton text={text} label={label} small />
    </span>
  );
}

function Address({ text, label, without }: { text: string | null; label: string; without: string }) {
  return text === null ? <span className="dim">{without}</span> : <Copyable text={text} label={label} />;
}

export function Data() {
  const { data: status, error } = useCall("status", null);
  const open = useAct("open_data_dir");
  if (error) return <ProblemBox problem={error} />;
  if (!status) return null;
  const separator = status.data_dir.includes("\\") ? "\\" : "/";
  const token = `${status.data_dir.replace(/[\\/]$/, "")}${separator}api-token`;
  const receiver = <Address text={status.receiver} label="Copy receiver address" without="Not listening" />;
  const api = <Address text={status.api} label="Copy local API address" without="Not running" />;
  return (
    <div className="card stack">
      <DefinitionList
        width={140}
        items={[
          [
            "Data folder",
            <span key="folder" className="line">
              <Copyable text={status.data_dir} label="Copy data folder path" />
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
          ["API token", <Copyable key="token" text={token} label="Copy API token path" />],
        ]}
      />
      <p className="dim">
        The local API expects the token from that file as{" "}
        <code className="mono">Authorization: Bearer …</code>. Only you can read the file. All other data is
        in <code className="mono">hookbench.db</code> in the same folder.
        {status.workspace === "demo" && " This folder belongs to the demo and is deleted when you leave it."}
      </p>
      {status.holder && (
        <p>
          {status.holder.what} (process {status.holder.pid}) has been dispatching from this folder since{" "}
          <Time at={status.holder.since} form="both" />. This window shows its state and can queue work.
        </p>
      )}
      {status.notes.map((note) => (
        <p key={note}>{note}</p>
      ))}
      {open.error && <ProblemBox problem={open.error} />}
    </div>
  );
}
