// Findings about an event's data: what, why it matters, what to do.

import { IconAlertTriangle, IconInfoCircle } from "@tabler/icons-react";
import type { Finding, SchemaCheck } from "~/api/types";
import { toneStyle } from "../data-display/tone";
import { plural } from "../format";
import css from "./diagnosis.module.css";

export interface FindingsProps {
  findings: readonly Finding[];
  /** The result of the platform's schema, if the event is of a platform. */
  schema: SchemaCheck | null;
}

export function Findings({ findings, schema }: FindingsProps) {
  const mismatch = schema !== null && !schema.valid;
  if (findings.length === 0 && !mismatch) {
    return schema ? <p className="faint">The data matches the schema of {schema.platform}.</p> : null;
  }
  const total = findings.length + (mismatch ? 1 : 0);
  return (
    <section aria-label="Findings">
      <h3>{plural(total, "finding")} in the data</h3>
      <ul className={css.findings}>
        {findings.map((finding) => (
          <li
            key={`${finding.code} ${finding.path}`}
            style={toneStyle(finding.severity === "problem" ? "fail" : "retry")}
          >
            {finding.severity === "problem" ? (
              <IconAlertTriangle size={15} stroke={1.8} aria-label="Problem" />
            ) : (
              <IconInfoCircle size={15} stroke={1.8} aria-label="Notice" />
            )}
            <div>
              <b>{finding.what}</b>
              <p className="dim">{finding.why}</p>
              <p>{finding.fix}</p>
            </div>
          </li>
        ))}
        {mismatch && (
          <li style={toneStyle("retry")}>
            <IconInfoCircle size={15} stroke={1.8} aria-label="Notice" />
            <div>
              <b>The data does not match the schema of {schema.platform}.</b>
              {schema.errors.map((error) => (
                <p key={`${error.path} ${error.message}`} className="dim">
                  {error.path !== "" && <code className="mono">{error.path}</code>} {error.message}
                </p>
              ))}
            </div>
          </li>
        )}
      </ul>
    </section>
  );
}
