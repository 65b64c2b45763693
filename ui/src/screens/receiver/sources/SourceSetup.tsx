// A source: its address, how it verifies, a command that sends to it.

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
import { Relay } from "./RelayStatus";
import { tokenOf } from "./tokens";

export interface SetupProps {
  source: SourceView;
  /** The receiver's address; nothing while it does not listen. */
  receiver: string | null;
  /** The address at which a tunnel makes it public, if one is set. */
  publicUrl: string | null;
  onDeleted: () => void;
}

export function Setup({ source, receiver, publicUrl, onDeleted }: SetupProps) {
  const [deleting, setDeleting] = useState(false);
  const brandName = useBrandName();
  const remove = useAct("source_delete", {
    done: `The source ${source.name} was deleted. What it received stays.`,
    after: onDeleted,
  });
  const { relay, postback } = source;
  const here = sourceUrl(receiver ?? "", source, tokenOf(source.id));
  const outside = relay ? relay.url : publicUrl ? sourceUrl(publicUrl, source, tokenOf(source.id)) : here;
  const url = postback ? postbackUrl(outside, postback) : outside;
  const verifies =
    source.scheme === "none"
      ? "Nothing: every request is taken"
      : postback?.key_param
        ? `A key in the parameter ${postback.key_param}`
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
          {postback ? "The postback URL for the network" : "Have the platform send to"}
        </span>
        <div className="line">
          <code className={`mono ${classes.url}`}>{url}</code>
          <CopyButton text={url} label="Copy the address of the source">
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
            In place of <code className="mono">{"{token}"}</code> stands the token that was shown when the
            source was made.
          </p>
        )}
      </div>
      {relay && <Relay relay={relay} />}
      <DefinitionList
        items={[
          ["Event type", postback?.event_type],
          ["Fields", postback && fieldsOf(postback)],
          ["Dedupe", postback && ((postback.dedupe ?? []).join(", ") || "The whole query")],
          ["Verifies", verifies],
          ["Secret", source.has_secret ? "In the vault" : "None"],
          ["Takes from", source.allow_ips.length === 0 ? "Any address" : source.allow_ips.join(", ")],
          ["Path token", source.has_token ? "Needed" : "None"],
          ["Brand", brandName(source.brand) ?? "As the payload says"],
          ["Made", <Time key="made" at={source.created_at} form="both" />],
        ]}
      />
      {receiver === null ? (
        <Verdict tone="retry" headline="The receiver does not listen now">
          The source is kept. As soon as the receiver listens, it takes requests.
        </Verdict>
      ) : (
        !relay &&
        (postback ? <GetExample url={here} source={source} /> : <Example source={source} url={here} />)
      )}
      <Confirm
        open={deleting}
        title={`Delete the source ${source.name}?`}
        action="Delete"
        danger
        busy={remove.isPending}
        problem={remove.error}
        onConfirm={() => remove.mutate({ id: source.id })}
        onClose={() => setDeleting(false)}
      >
        From then on, whoever sends to it gets 404. Its secret leaves the vault. What it received stays.
      </Confirm>
    </div>
  );
}

/** Which parameter becomes which field. */
function fieldsOf({ fields }: PostbackMapping): string {
  if (fields === undefined || fields.length === 0) return "Every parameter, by its own name";
  return fields
    .map(({ param, field, optional }) => `${param} → ${field}${optional ? " (may be missing)" : ""}`)
    .join(", ");
}

function GetExample({ url, source }: { url: string; source: SourceView }) {
  const [made, setMade] = useState(1);
  if (source.postback === null) return null;
  const filled = postbackUrl(url, source.postback).replaceAll(/=\{[^}]*\}/g, `=example-${made}`);
  const command = `curl -i ${quote(filled)}`;
  return (
    <section className={classes.example} aria-label="Try it">
      <div className="line">
        <h3 className="grow">Try it from a terminal</h3>
        <Button
          size="xs"
          leftSection={<IconRefresh size={14} stroke={1.6} />}
          onClick={() => setMade(made + 1)}
        >
          Make another
        </Button>
        <CopyButton text={command} label="Copy the command">
          Copy
        </CopyButton>
      </div>
      <Code text={command} label="Example command" language="plain" />
      <p className="dim">A postback with example values. A macro left in its place is refused and named.</p>
    </section>
  );
}

function Example({ source, url }: { source: SourceView; url: string }) {
  const { data: platforms } = useCall("platforms", null, { live: false });
  const [made, setMade] = useState(0);
  const [body, setBody] = useState<{ made: number; text: string } | null>(null);
  if (platforms !== undefined && body?.made !== made) {
    setBody({ made, text: newBody(platforms, source.scheme) });
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
    <section className={classes.example} aria-label="Try it">
      <div className="line">
        <h3 className="grow">Try it from a terminal</h3>
        <Button
          size="xs"
          leftSection={<IconRefresh size={14} stroke={1.6} />}
          onClick={() => setMade(made + 1)}
        >
          Make another
        </Button>
        {headers && (
          <CopyButton text={curl(url, headers, body.text)} label="Copy the command">
            Copy
          </CopyButton>
        )}
      </div>
      {signed.error && <ProblemBox problem={signed.error} />}
      {headers && <Code text={curl(url, headers, body.text)} label="Example command" language="plain" />}
      <p className="dim">
        {signs
          ? "A sample event, signed with the secret of this source. The signature holds for five minutes; then make another."
          : "A sample event. This source verifies nothing, so it is taken as it is."}
      </p>
    </section>
  );
}
