// One received request: its result and reason, its headers and body.

import { ActionIcon, Button } from "@mantine/core";
import { IconKey, IconX } from "@tabler/icons-react";
import { Link, useNavigate } from "@tanstack/react-router";
import type { EventDetail, ReceivedView, SourceView } from "~/api/types";
import { useCall } from "~/data";
import { Code, DefinitionList, Pill, sentence, Time, Verdict } from "~/parts";
import { bytes } from "~/parts/format";
import type { LabRequestState } from "~/screens/signature/search";
import classes from "../receiver.module.css";
import { ReplayRequest } from "./ReplayRequest";
import { RESULT_ICONS } from "./Requests";
import { isAboutSignature, RESULTS, reason, resultOf } from "./requests";

/** How many bytes of a rejected body the receiver stores. */
const STORED_BYTES = 64 * 1024;

export interface RequestDetailProps {
  request: ReceivedView;
  source: SourceView;
  onClose: () => void;
}

/** The request as input for the signature lab. */
export function labRequestOf(request: ReceivedView, source: SourceView): LabRequestState {
  return {
    scheme: source.scheme,
    headers: request.headers.map(([name, value]) => `${name}: ${value}`).join("\n"),
    at: request.at,
    from: `Request rejected by source ${source.name}`,
    ...(source.has_secret ? { secretOf: source.id } : {}),
    ...(request.body === undefined ? {} : { body: request.body }),
    ...(request.body_base64 === undefined ? {} : { body_base64: request.body_base64 }),
  };
}

/** The body of an accepted request is stored with its event. */
function EventBody({ id, source }: { id: string; source: string }) {
  const { data, error } = useCall("event", { id, source }, { live: false });
  if (error) return <p className="dim">{sentence(error.message)}</p>;
  if (!data) return null;
  return <RequestBody body={data} />;
}

function RequestBody({ body }: { body: ReceivedView | EventDetail }) {
  const { body: text, body_base64: base64 } = body as { body?: string; body_base64?: string };
  if (text !== undefined) return <Code text={text} label="Request body" />;
  if (base64 !== undefined) {
    return (
      <>
        <p className="dim">Not UTF-8 text; shown as base64:</p>
        <Code text={base64} label="Request body in base64" language="plain" />
      </>
    );
  }
  return <p className="dim">No body stored.</p>;
}

export function RequestDetail({ request, source, onClose }: RequestDetailProps) {
  const navigate = useNavigate();
  const why = () => void navigate({ to: "/signature", state: { lab: labRequestOf(request, source) } });
  const result = resultOf(request);
  const { word, tone } = RESULTS[result];
  const detail = request.detail && request.detail !== reason(request) ? sentence(request.detail) : null;
  const cut = result === "rejected" && request.body_bytes > STORED_BYTES;
  return (
    <div className={classes.detail}>
      <div className="line">
        <Pill tone={tone} icon={RESULT_ICONS[result]}>
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
              Diagnose
            </Button>
          ) : (
            result !== "rejected" &&
            request.event_id != null && (
              <Link to="/deliveries" search={{ event: request.event_id }}>
                View deliveries
              </Link>
            )
          )
        }
      >
        {detail}
        {isAboutSignature(request) &&
          cut &&
          " Only the first 64 KiB of the body are stored, so the lab checks a truncated body."}
      </Verdict>
      <DefinitionList
        items={[
          ["Received", <Time key="at" at={request.at} form="both" />],
          [
            "From",
            <span key="peer" className="mono">
              {request.peer}
            </span>,
          ],
          ["Method", request.method],
          [
            "Response",
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
          ["Body", `${bytes(request.body_bytes)}${cut ? ", first 64 KiB shown" : ""}`],
        ]}
      />
      <ReplayRequest request={request} />
      {source.postback !== null && result !== "rejected" && (request.body ?? "") !== "" && (
        <section aria-label="Raw form data">
          <h3>Raw form data</h3>
          <Code text={request.body ?? ""} label="Raw form data" language="plain" />
        </section>
      )}
      {result === "rejected" || request.event_id == null ? (
        <RequestBody body={request} />
      ) : (
        <EventBody id={request.event_id} source={source.id} />
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
