// One request: what became of it and why, what it carried.

import { ActionIcon, Button } from "@mantine/core";
import { IconKey, IconX } from "@tabler/icons-react";
import { Link, useNavigate } from "@tanstack/react-router";
import type { EventDetail, ReceivedView, SourceView } from "~/api/types";
import { useCall } from "~/data";
import { Code, DefinitionList, Pill, sentence, Time, Verdict } from "~/parts";
import { bytes } from "~/parts/format";
import type { LabHandOver } from "~/screens/signature/search";
import classes from "../receiver.module.css";
import { Again } from "./ReplayRequest";
import { FATE_ICONS } from "./Requests";
import { FATES, fateOf, isAboutSignature, reason } from "./requests";

/** Of a refused body, the receiver keeps so many bytes. */
const KEPT = 64 * 1024;

export interface RequestDetailProps {
  request: ReceivedView;
  source: SourceView;
  onClose: () => void;
}

/** The request as the signature lab takes it. */
export function handOver(request: ReceivedView, source: SourceView): LabHandOver {
  return {
    scheme: source.scheme,
    headers: request.headers.map(([name, value]) => `${name}: ${value}`).join("\n"),
    at: request.at,
    from: `A request that the source ${source.name} refused`,
    ...(source.has_secret ? { secretOf: source.id } : {}),
    ...(request.body === undefined ? {} : { body: request.body }),
    ...(request.body_base64 === undefined ? {} : { body_base64: request.body_base64 }),
  };
}

/** The body of an event that was taken is kept with the event. */
function TakenBody({ id, source }: { id: string; source: string }) {
  const { data, error } = useCall("event", { id, source }, { live: false });
  if (error) return <p className="dim">{sentence(error.message)}</p>;
  if (!data) return null;
  return <BodyOf body={data} />;
}

function BodyOf({ body }: { body: ReceivedView | EventDetail }) {
  const { body: text, body_base64: base64 } = body as { body?: string; body_base64?: string };
  if (text !== undefined) return <Code text={text} label="Request body" />;
  if (base64 !== undefined) {
    return (
      <>
        <p className="dim">No UTF-8 text; in base64:</p>
        <Code text={base64} label="Request body in base64" language="plain" />
      </>
    );
  }
  return <p className="dim">No body was kept.</p>;
}

export function RequestDetail({ request, source, onClose }: RequestDetailProps) {
  const navigate = useNavigate();
  const why = () => void navigate({ to: "/signature", state: { lab: handOver(request, source) } });
  const fate = fateOf(request);
  const { word, tone } = FATES[fate];
  const detail = request.detail && request.detail !== reason(request) ? sentence(request.detail) : null;
  const cut = fate === "refused" && request.body_bytes > KEPT;
  return (
    <div className={classes.detail}>
      <div className="line">
        <Pill tone={tone} icon={FATE_ICONS[fate]}>
          {word}
        </Pill>
        <b className="ellipsis grow">
          {request.event_type ?? `${request.method} ${source.path.replace("{token}", "…")}`}
        </b>
        <ActionIcon aria-label="Close the request" onClick={onClose}>
          <IconX size={15} />
        </ActionIcon>
      </div>
      <Verdict
        tone={tone}
        headline={reason(request)}
        who={isAboutSignature(request) ? "you or the sender" : undefined}
        actions={
          isAboutSignature(request) ? (
            <Button variant="filled" leftSection={<IconKey size={15} stroke={1.6} />} onClick={why}>
              Why?
            </Button>
          ) : (
            fate !== "refused" &&
            request.event_id != null && (
              <Link to="/deliveries" search={{ event: request.event_id }}>
                What was sent because of it
              </Link>
            )
          )
        }
      >
        {detail}
        {isAboutSignature(request) &&
          cut &&
          " Only the first 64 KiB of its body are kept, so the lab sees it cut."}
      </Verdict>
      <DefinitionList
        items={[
          ["Came", <Time key="at" at={request.at} form="both" />],
          [
            "From",
            <span key="peer" className="mono">
              {request.peer}
            </span>,
          ],
          ["Method", request.method],
          [
            "Answered",
            <span key="status" className="mono">
              {request.status}
            </span>,
          ],
          [
            "Reason",
            <code key="code" className="mono">
              {request.code}
            </code>,
          ],
          ["Event", request.event_id != null && <code className="mono">{request.event_id}</code>],
          ["Query", request.query !== null && <code className="mono">{request.query}</code>],
          ["Note", request.note !== null && sentence(request.note)],
          ["Body", `${bytes(request.body_bytes)}${cut ? ", the first 64 KiB below" : ""}`],
        ]}
      />
      <Again request={request} />
      {source.postback !== null && fate !== "refused" && (request.body ?? "") !== "" && (
        <section aria-label="Form">
          <h3>The form as it came</h3>
          <Code text={request.body ?? ""} label="Form as it came" language="plain" />
        </section>
      )}
      {fate === "refused" || request.event_id == null ? (
        <BodyOf body={request} />
      ) : (
        <TakenBody id={request.event_id} source={source.id} />
      )}
      <section aria-label="Headers">
        <h3>Headers</h3>
        <Code
          text={request.headers.map(([name, value]) => `${name}: ${value}`).join("\n")}
          label="Request headers"
          language="plain"
        />
      </section>
    </div>
  );
}
