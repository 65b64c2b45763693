// A source: its URL, its verification, and a command that sends to it.

import { Button } from "@mantine/core";
import { IconRefresh, IconTrash } from "@tabler/icons-react";
import { useState } from "react";
import type { PostbackMapping, SourceView } from "~/api/types";
import { useBrandName } from "~/brand";
import { useAct, useCall } from "~/data";
import { Code, Confirm, CopyButton, DefinitionList, ProblemBox, Time, Verdict } from "~/parts";
import classes from "../receiver.module.css";
import { postbackUrl, sourceUrl } from "../requests/requests";
import { curl, quote } from "./curl";
import { newBody } from "./example";
import { RelayStatus } from "./RelayStatus";
import { tokenOf } from "./tokens";

export interface SourceSetupProps {
  source: SourceView;
  /** The receiver's address; `null` while it does not listen. */
  receiver: string | null;
  /** The public URL of the receiver, if one is set. */
  publicUrl: string | null;
  onDeleted: () => void;
}

export function SourceSetup({ source, receiver, publicUrl, onDeleted }: SourceSetupProps) {
  const [deleting, setDeleting] = useState(false);
  const brandName = useBrandName();
  const remove = useAct("source_delete", {
    done: `Source ${source.name} deleted. Its received requests stay in the log.`,
    after: onDeleted,
  });
  const { relay, postback } = source;
  const here = sourceUrl(receiver ?? "", source, tokenOf(source.id));
  const outside = relay ? relay.url : publicUrl ? sourceUrl(publicUrl, source, tokenOf(source.id)) : here;
  const url = postback ? postbackUrl(outside, postback) : outside;
  const verifies =
    source.scheme === "none"
      ? "None: every request is accepted"
      : postback?.key_param
        ? `Key in the parameter ${postback.key_param}`
        : `${source.scheme}, on the raw bytes`;
  return (
    <div className={classes.detail}>
      <div className="line">
        <b className="grow">{source.name}</b>
        <Button leftSection={<IconTrash size={15} stroke={1.6} />} onClick={() => setDeleting(true)}>
          Delete…
        </Button>
      </div>
      <div className={`card ${classes.address}`}>
        <span className="dim">
          {postback ? "Postback URL for the network" : "URL for the sending platform"}
        </span>
        <div className="line">
          <code className={`mono ${classes.url}`}>{url}</code>
          <CopyButton text={url} label="Copy source URL">
            Copy
          </CopyButton>
        </div>
        {outside !== here && !relay && (
          <p className="dim">
            On this machine: <code className="mono">{here}</code>
          </p>
        )}
        {source.has_token && tokenOf(source.id) === undefined && (
          <p className="dim">
            Replace <code className="mono">{"{token}"}</code> with the token that was shown when the source
            was created.
          </p>
        )}
      </div>
      {relay && <RelayStatus relay={relay} />}
      <DefinitionList
        items={[
          ["Event type", postback?.event_type],
          ["Fields", postback && fieldsOf(postback)],
          ["Deduplication", postback && ((postback.dedupe ?? []).join(", ") || "Whole query")],
          ["Verification", verifies],
          ["Signing secret", source.has_secret ? "In the vault" : "None"],
          ["IP allowlist", source.allow_ips.length === 0 ? "Any address" : source.allow_ips.join(", ")],
          ["Path token", source.has_token ? "Required" : "None"],
          ["Brand", brandName(source.brand) ?? "From the payload"],
          ["Created", <Time key="created" at={source.created_at} form="both" />],
        ]}
      />
      {receiver === null ? (
        <Verdict tone="retry" headline="The receiver is not listening">
          The source is saved and accepts requests as soon as the receiver is listening.
        </Verdict>
      ) : (
        !relay &&
        (postback ? <GetExample url={here} source={source} /> : <Example source={source} url={here} />)
      )}
      <Confirm
        open={deleting}
        title={`Delete source ${source.name}?`}
        action="Delete"
        danger
        busy={remove.isPending}
        problem={remove.error}
        onConfirm={() => remove.mutate({ id: source.id })}
        onClose={() => setDeleting(false)}
      >
        Requests to it will get 404. Its secret is deleted from the vault. Received requests stay in the log.
      </Confirm>
    </div>
  );
}

/** The parameter mapping in words. */
function fieldsOf({ fields }: PostbackMapping): string {
  if (fields === undefined || fields.length === 0) return "Every parameter, same name";
  return fields
    .map(({ param, field, optional }) => `${param} → ${field}${optional ? " (optional)" : ""}`)
    .join(", ");
}

function GetExample({ url, source }: { url: string; source: SourceView }) {
  const [generation, setGeneration] = useState(1);
  if (source.postback === null) return null;
  const filled = postbackUrl(url, source.postback).replaceAll(/=\{[^}]*\}/g, `=example-${generation}`);
  const command = `curl -i ${quote(filled)}`;
  return (
    <section className={classes.example} aria-label="Example request">
      <div className="line">
        <h3 className="grow">Send an example from a terminal</h3>
        <Button
          size="xs"
          leftSection={<IconRefresh size={14} stroke={1.6} />}
          onClick={() => setGeneration(generation + 1)}
        >
          Generate another
        </Button>
        <CopyButton text={command} label="Copy command">
          Copy
        </CopyButton>
      </div>
      <Code text={command} label="Example command" language="plain" />
      <p className="dim">A postback with example values. An unexpanded macro is rejected by name.</p>
    </section>
  );
}

function Example({ source, url }: { source: SourceView; url: string }) {
  const { data: platforms } = useCall("platforms", null, { live: false });
  const [generation, setGeneration] = useState(0);
  const [body, setBody] = useState<{ generation: number; text: string } | null>(null);
  if (platforms !== undefined && body?.generation !== generation) {
    setBody({ generation, text: newBody(platforms, source.scheme) });
  }
  const signs = source.scheme !== "none";
  const signed = useCall(
    "lab_sign",
    { scheme: source.scheme, body: body?.text ?? "", ...(source.has_secret ? { secret_of: source.id } : {}) },
    { enabled: signs && body !== null, live: false },
  );
  if (body === null) return null;
  const headers = signs ? signed.data : [];
  return (
    <section className={classes.example} aria-label="Example request">
      <div className="line">
        <h3 className="grow">Send an example from a terminal</h3>
        <Button
          size="xs"
          leftSection={<IconRefresh size={14} stroke={1.6} />}
          onClick={() => setGeneration(generation + 1)}
        >
          Generate another
        </Button>
        {headers && (
          <CopyButton text={curl(url, headers, body.text)} label="Copy command">
            Copy
          </CopyButton>
        )}
      </div>
      {signed.error && <ProblemBox problem={signed.error} />}
      {headers && <Code text={curl(url, headers, body.text)} label="Example command" language="plain" />}
      <p className="dim">
        {signs
          ? "A sample event, signed with this source's secret. The signature is valid for five minutes; generate another after that."
          : "A sample event. This source does not verify requests, so it is accepted unsigned."}
      </p>
    </section>
  );
}
