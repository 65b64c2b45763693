// Signing: the headers for a body.

import { Button } from "@mantine/core";
import { IconArrowRight } from "@tabler/icons-react";
import type { LabSignInput } from "~/api/types";
import { useCall } from "~/data";
import { Code, CopyButton, Empty, ProblemBox } from "~/parts";
import { headerText } from "../request/message";

export interface SignResultProps {
  input: LabSignInput | null;
  /** Verifies the headers. */
  onCheck: (headers: string) => void;
}

export function SignResult({ input, onCheck }: SignResultProps) {
  const ready = input !== null && (input.scheme === "none" || Boolean(input.secret ?? input.secret_of));
  const { data, error } = useCall("lab_sign", input ?? { scheme: "", body: "" }, {
    enabled: ready,
    live: false,
  });
  if (input === null || !ready) {
    return (
      <Empty title="Enter a scheme, a secret and a body">
        The signed headers for this body appear here, ready to copy.
      </Empty>
    );
  }
  if (error) return error.field === null ? <ProblemBox problem={error} /> : <Empty title={error.message} />;
  if (!data) return null;
  const headers = headerText(data);
  return (
    <section className="stack" aria-label="Signed headers">
      <div className="line">
        <h3 className="grow">{data.length === 1 ? "Header" : "Headers"} for this body</h3>
        <CopyButton text={headers} label="Copy headers">
          Copy
        </CopyButton>
        <Button rightSection={<IconArrowRight size={15} stroke={1.6} />} onClick={() => onCheck(headers)}>
          Verify
        </Button>
      </div>
      <Code language="plain" text={headers} label="Signed headers" />
      <p className="dim">
        Send the body exactly as shown on the left. An extra line break changes the signature.
      </p>
    </section>
  );
}
