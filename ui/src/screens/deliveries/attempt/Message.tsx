// A request or response as it went over the wire: facts, headers, the exact body.

import { useAdvanced } from "~/api";
import type { AttemptView } from "~/api/types";
import { Code, CopyButton, DefinitionList, Hex, Pill, Time } from "~/parts";
import { bytes as sizeWords } from "~/parts/format";
import styles from "../deliveries.module.css";
import { outcomeWords, statusWords } from "../labels";
import { Dotted } from "./Attempts";
import { type Body, bodyOf, isJson, mediaType } from "./body";
import { fine } from "./waterfall";

type Headers = readonly (readonly [string, string])[];

export function RequestMessage({ attempt }: { attempt: AttemptView }) {
  const { request } = attempt;
  if (!request) {
    return <p className="dim">No request was sent: the attempt ended before.</p>;
  }
  const body = bodyOf(request);
  return (
    <div className="stack">
      <Wire attempt={attempt} />
      <HeaderList headers={request.headers} />
      <BodyView body={body} headers={request.headers} label="Request body" />
    </div>
  );
}

export function ResponseMessage({ attempt }: { attempt: AttemptView }) {
  const { response } = attempt;
  if (!response) {
    return (
      <div className="stack">
        <p>No response: {outcomeWords(attempt.outcome).toLowerCase()}.</p>
        {attempt.error && <p className="mono dim">{attempt.error}</p>}
        <Wire attempt={attempt} />
      </div>
    );
  }
  return (
    <div className="stack">
      <DefinitionList
        items={[
          ["Status", <b key="status">{statusWords(response.status)}</b>],
          [
            "Time to first byte",
            attempt.timings.first_byte_us === null ? null : fine(attempt.timings.first_byte_us),
          ],
          ["Peer", peer(attempt)],
        ]}
      />
      <HeaderList headers={response.headers} />
      <BodyView
        body={bodyOf(response)}
        headers={response.headers}
        label="Response body"
        truncated={response.truncated}
      />
    </div>
  );
}

const peer = ({ connection }: AttemptView) =>
  connection.peer ? (
    <span className="mono">
      <Dotted
        parts={[
          connection.peer,
          connection.http_version,
          connection.tls_version,
          connection.reused && "reused",
        ]}
      />
    </span>
  ) : null;

/** Where an attempt went and over what. */
export function Wire({ attempt }: { attempt: AttemptView }) {
  const [advanced] = useAdvanced();
  const { request, connection } = attempt;
  return (
    <DefinitionList
      items={[
        [
          "Endpoint",
          request && (
            <span className="mono">
              {request.method} {request.url}
            </span>
          ),
        ],
        ["Peer", peer(attempt)],
        [
          "Certificate",
          connection.certificate && (
            <span>
              {connection.certificate.names.join(", ") || connection.certificate.subject}, issued by{" "}
              {connection.certificate.issuer}, expires{" "}
              <Time key="expires" at={connection.certificate.not_after} form="both" />
              {connection.unverified && (
                <>
                  {" "}
                  <Pill tone="retry">not verified</Pill>
                </>
              )}
            </span>
          ),
        ],
        [
          "Fingerprint",
          advanced && connection.certificate_sha256 && (
            <span className="mono faint" title="SHA-256 of the peer's certificate">
              {connection.certificate_sha256}
            </span>
          ),
        ],
      ]}
    />
  );
}

function HeaderList({ headers }: { headers: Headers }) {
  const [advanced, setAdvanced] = useAdvanced();
  if (headers.length === 0) return <p className="faint">No headers.</p>;
  if (!advanced) {
    return (
      <p className="faint">
        {headers.length} headers.{" "}
        <button type="button" className={styles.plain} onClick={() => setAdvanced(true)}>
          Show headers and raw bytes
        </button>
      </p>
    );
  }
  const text = headers.map(([name, value]) => `${name}: ${value}`).join("\n");
  return (
    <section>
      <div className={styles.caption}>
        <h3>Headers</h3>
        <span className="faint">{headers.length}</span>
        <span className="grow" />
        <CopyButton text={text} label="Copy headers" small />
      </div>
      <dl className={styles.headers}>
        {headers.map(([name, value], index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a header may occur twice
          <div key={index}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

/** How many bytes of a binary body are shown. */
const HEX_BYTES = 2048;
const HEX_ROW = 16;

export function BodyView({
  body,
  headers,
  label,
  truncated = false,
}: {
  body: Body;
  headers: Headers;
  label: string;
  truncated?: boolean;
}) {
  const { text, bytes, size } = body;
  return (
    <section>
      <div className={styles.caption}>
        <h3>{label}</h3>
        <span className="faint">
          <Dotted parts={[mediaType(headers), sizeWords(size), truncated ? null : "exact"]} />
        </span>
        {truncated && (
          <span className={styles.cut} title="Only the beginning of the body is stored">
            truncated: the rest was not stored
          </span>
        )}
      </div>
      {size === 0 && <p className="faint">The body is empty.</p>}
      {text !== null && size > 0 && (
        <Code label={label} text={text} language={isJson(headers, text) ? "json" : "plain"} />
      )}
      {bytes !== null && <Bytes bytes={bytes} />}
    </section>
  );
}

function Bytes({ bytes }: { bytes: Uint8Array }) {
  const rows: number[] = [];
  for (let at = 0; at < Math.min(bytes.length, HEX_BYTES); at += HEX_ROW) rows.push(at);
  return (
    <div className={styles.bytes}>
      {rows.map((at) => (
        <Hex key={at} label={at.toString(16).padStart(6, "0")} bytes={bytes.subarray(at, at + HEX_ROW)} />
      ))}
      {bytes.length > HEX_BYTES && <p className="faint">{sizeWords(bytes.length - HEX_BYTES)} more</p>}
    </div>
  );
}
