// An attempt compared with the last success of the same subscription.

import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type {
  BodyDifference,
  ComparisonView,
  HeaderDifference,
  MessageDifference,
  SideView,
} from "~/api/types";
import { useCall } from "~/data";
import { Code, Diff, ProblemBox, Time, Verdict } from "~/parts";
import { bytes } from "~/parts/format";
import { indent } from "~/parts/format/indent";
import { fine } from "../attempt/waterfall";
import { shortId } from "../labels";
import styles from "./compare.module.css";

export interface CompareProps {
  attempt: string;
  subscription: { id: string; name: string };
}

export function Compare({ attempt, subscription }: CompareProps) {
  const { data, error } = useCall("compare", { right: attempt }, { live: false, keep: false });
  if (error?.code === "wrong_state") {
    return (
      <Verdict
        tone="skip"
        headline={`${subscription.name || "The subscription"} had no successful delivery before this attempt.`}
        actions={
          <Button
            size="xs"
            renderRoot={(props) => (
              <Link
                {...props}
                to="/deliveries"
                search={{ state: ["delivered"], subscription: [subscription.id], range: "all" }}
              />
            )}
          >
            View later successes
          </Button>
        }
      >
        A failure is compared with the last success before it.
      </Verdict>
    );
  }
  if (error) {
    return (
      <ProblemBox
        problem={error}
        action={
          <Button
            size="xs"
            renderRoot={(props) => (
              <Link {...props} to="/deliveries" search={{ state: ["delivered"], range: "all" }} />
            )}
          >
            View delivered
          </Button>
        }
      />
    );
  }
  if (!data) return <p className="faint">Comparing…</p>;
  return <Comparison view={data} />;
}

export function Comparison({ view }: { view: ComparisonView }) {
  return (
    <div className="stack">
      <div className={styles.sides}>
        <Side title="Left" side={view.left} />
        <Side title="Right" side={view.right} />
      </div>
      <ul className={styles.summary}>
        {view.summary.map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
      </ul>
      <Facts view={view} />
      <Message
        title="Request"
        difference={view.request}
        left={view.left.request_body}
        right={view.right.request_body}
      />
      <Message
        title="Response"
        difference={view.response}
        left={view.left.response_body}
        right={view.right.response_body}
      />
    </div>
  );
}

function Side({ title, side }: { title: string; side: SideView }) {
  const words = (
    <>
      <span className="faint">{title}</span> <b>{side.told}</b>
    </>
  );
  return (
    <div>
      {side.delivery ? (
        <Link
          to="/deliveries"
          search={{
            open: side.delivery,
            ...(side.number === null ? {} : { attempt: side.number }),
            range: "all",
          }}
          title={side.id}
        >
          {words}
        </Link>
      ) : (
        <span title={side.id}>{words}</span>
      )}
      <p className="dim">
        {side.delivery ? shortId(side.delivery) : shortId(side.id)} · <Time at={side.at} form="both" />
      </p>
    </div>
  );
}

const STEPS: Record<string, string> = {
  dns: "DNS",
  connect: "Connect",
  tls: "TLS",
  first_byte: "Time to first byte",
  total: "Total",
};
const NAMES: Record<string, string> = {
  url: "URL",
  peer: "Peer",
  http_version: "HTTP",
  tls_version: "TLS version",
  certificate_sha256: "Certificate",
};
const name = (key: string) => NAMES[key] ?? key.charAt(0).toUpperCase() + key.slice(1).replaceAll("_", " ");

function Facts({ view }: { view: ComparisonView }) {
  const time = (us: number | null) => (us === null ? "–" : fine(us));
  return (
    <table className={styles.facts}>
      <thead>
        <tr>
          <th scope="col">Property</th>
          <th scope="col">Left</th>
          <th scope="col">Right</th>
        </tr>
      </thead>
      <tbody>
        {view.facts.map((fact) => (
          <tr key={fact.name} data-differs={!fact.same || undefined}>
            <th scope="row">{name(fact.name)}</th>
            {fact.same ? (
              <td colSpan={2}>{fact.left ?? "–"}</td>
            ) : (
              <>
                <td>{fact.left ?? "–"}</td>
                <td>{fact.right ?? "–"}</td>
              </>
            )}
          </tr>
        ))}
        {view.timings.map((timing) => (
          <tr key={timing.step}>
            <th scope="row">{STEPS[timing.step] ?? timing.step}</th>
            <td className="num">{time(timing.left_us)}</td>
            <td className="num">{time(timing.right_us)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

type Body = SideView["request_body"];
const textOf = (body: Body): string | null => (body && "body" in body ? body.body : null);

/** JSON with one field per line, so that a difference covers one line. */
const pretty = (text: string): string => indent(text) ?? text;

function Message({
  title,
  difference,
  left,
  right,
}: {
  title: string;
  difference: MessageDifference | null;
  left: Body;
  right: Body;
}) {
  if (!difference) {
    const only = left ?? right;
    const text = textOf(only);
    if (!text) return null;
    return (
      <section>
        <h3>
          {title}: only on the {left ? "left" : "right"}
        </h3>
        <Code label={title} text={text} maxHeight={240} />
      </section>
    );
  }
  const [l, r] = [textOf(left), textOf(right)];
  const { body, headers } = difference;
  return (
    <section>
      <h3>{title}</h3>
      <Headers headers={headers} />
      {body.same ? (
        <p className="faint">The bodies are identical ({bytes(body.left_bytes)}).</p>
      ) : (
        <>
          <First body={body} />
          {l !== null && r !== null && (
            <Diff
              left={body.json ? pretty(l) : l}
              right={body.json ? pretty(r) : r}
              leftLabel="Left"
              rightLabel="Right"
              language={body.json ? "json" : "plain"}
              maxHeight={360}
            />
          )}
        </>
      )}
    </section>
  );
}

function Headers({ headers }: { headers: readonly HeaderDifference[] }) {
  const telling = headers.filter(({ expected }) => !expected);
  const usual = headers.filter(({ expected }) => expected);
  return (
    <>
      {telling.length > 0 && (
        <table className={styles.facts}>
          <tbody>
            {telling.map((header) => (
              <tr key={header.name} data-differs>
                <th scope="row">{header.name}</th>
                <td>{header.left ?? <span className="faint">not present</span>}</td>
                <td>{header.right ?? <span className="faint">not present</span>}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {usual.length > 0 && (
        <p className="faint">Expected differences: {usual.map((header) => header.name).join(", ")}.</p>
      )}
    </>
  );
}

function First({ body }: { body: BodyDifference }) {
  if (!body.first) return null;
  const { offset, line } = body.first;
  return (
    <p className="dim">
      {bytes(body.left_bytes)} and {bytes(body.right_bytes)}. The first difference is at byte {offset}
      {line > 1 && `, line ${line}`}
      {body.json && body.paths.length === 0 && ": same JSON, different bytes"}.
    </p>
  );
}
