// What is odd about an event's data: what, why it matters, what to do.

import { IconAlertTriangle, IconInfoCircle } from "@tabler/icons-react";
import type { Finding, SchemaCheck } from "~/api/types";
import { toneStyle } from "../data-display/tone";
import { plural } from "../format";
import css from "./diagnosis.module.css";

export interface FindingsProps {
  findings: readonly Finding[];
  /** What the platform's schema says, if a platform claims the event. */
  schema: SchemaCheck | null;
}

export function Findings({ findings, schema }: FindingsProps) {
  const departs = schema !== null && !schema.valid;
  if (findings.length === 0 && !departs) {
    return schema ? <p className="faint">The data follow the schema of {schema.platform}.</p> : null;
  }
  const total = findings.length + (departs ? 1 : 0);
  return (
    <section aria-label="What is odd about the data">
      <h3>{plural(total, "finding")} about the data</h3>
      <ul className={css.findings}>
        {findings.map((finding) => (
          <li
            key={`${finding.code} ${finding.path}`}
            style={toneStyle(finding.severity === "problem" ? "fail" : "retry")}
          >
            {finding.severity === "problem" ? (
              <IconAlertTriangle size={15} stroke={1.8} aria-label="Problem" />
            ) : (
              <IconInfoCircle size={15} stroke={1.8} aria-label="Maybe meant" />
            )}
            <div>
              <b>{finding.what}</b>
              <p className="dim">{finding.why}</p>
              <p>{finding.fix}</p>
            </div>
          </li>
        ))}
        {departs && (
          <li style={toneStyle("retry")}>
            <IconInfoCircle size={15} stroke={1.8} aria-label="Maybe meant" />
            <div>
              <b>The data depart from the schema of {schema.platform}.</b>
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
