// The signature of a stored request, verified with the subscription's current secret.

import { IconCheck, IconX } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { call, type Problem } from "~/api";
import type { LabRequest, LabResult } from "~/api/types";
import { Pill, ProblemBox, Verdict } from "~/parts";
import styles from "../deliveries.module.css";
import { ToLab } from "./WhatHappened";

interface Checked {
  request: LabRequest;
  answer: LabResult | null;
}

async function check(id: string, attempt: number): Promise<Checked> {
  const request = await call("lab_request", { id, attempt });
  if (request.scheme === "" || request.scheme === "none") return { request, answer: null };
  const { scheme, headers, at, secret_of } = request;
  const body = "body" in request ? { body: request.body } : { body_base64: request.body_base64 };
  const secret = secret_of === null ? {} : { secret_of };
  return { request, answer: await call("lab", { scheme, headers, at, try_kept: false, ...body, ...secret }) };
}

const STEPS: Record<string, string> = {
  header: "Signature header found",
  format: "Signature format valid",
  timestamp: "Timestamp readable",
  secret: "Signing secret available",
  digest: "Digest matches the exact bytes",
  age: "Timestamp within tolerance",
};

export function SignatureTab({ id, attempt }: { id: string; attempt: number }) {
  const { data, error } = useQuery<Checked, Problem>({
    queryKey: ["lab", "of", id, attempt],
    queryFn: () => check(id, attempt),
    staleTime: 30_000,
    meta: { live: false },
  });
  if (error) return <ProblemBox problem={error} action={<ToLab id={id} attempt={attempt} />} />;
  if (!data) return <p className="faint">Verifying the signature…</p>;
  const { answer, request } = data;
  if (answer === null) {
    return (
      <Verdict
        tone="skip"
        headline="This request was not signed."
        actions={<ToLab id={id} attempt={attempt} />}
      >
        The subscription has no signature scheme, so the receiver cannot verify the sender.
      </Verdict>
    );
  }
  const { autopsy } = answer;
  return (
    <div className="stack">
      <Verdict
        tone={autopsy.valid ? "ok" : "fail"}
        headline={autopsy.valid ? "The signature is valid for these exact bytes." : autopsy.explanation}
        actions={<ToLab id={id} attempt={attempt} />}
      >
        {autopsy.valid
          ? "If the receiver rejects it, it uses another secret, or verifies other bytes than it received."
          : autopsy.fix}
      </Verdict>
      <ol className={styles.steps} aria-label="Verification steps">
        {autopsy.steps.map((step) => (
          <li key={step.name}>
            <Pill
              tone={step.ok ? "ok" : "fail"}
              icon={step.ok ? IconCheck : IconX}
              bare
              label={step.ok ? "Passed" : "Failed"}
            />
            <span>{STEPS[step.name] ?? step.name}</span>
            <span className="dim">{step.detail}</span>
          </li>
        ))}
      </ol>
      <p className="faint">
        Scheme {autopsy.scheme ?? request.scheme}
        {autopsy.matching_secret && `, ${autopsy.matching_secret}`}. Verified with the subscription's current
        secret, as of the time it was sent.
      </p>
    </div>
  );
}
