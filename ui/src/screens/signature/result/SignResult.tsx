// "Sign instead": the headers that a delivery of this body would carry.

import { Button } from "@mantine/core";
import { IconArrowRight } from "@tabler/icons-react";
import type { LabSignInput } from "~/api/types";
import { useCall } from "~/data";
import { Code, CopyButton, Empty, ProblemBox } from "~/parts";
import { headerText } from "../request/message";

export interface SignProps {
  input: LabSignInput | null;
  /** Takes the headers over to check them. */
  onCheck: (headers: string) => void;
}

export function Sign({ input, onCheck }: SignProps) {
  const ready = input !== null && (input.scheme === "none" || Boolean(input.secret ?? input.secret_of));
  const { data, error } = useCall("lab_sign", input ?? { scheme: "", body: "" }, {
    enabled: ready,
    live: false,
  });
  if (input === null || !ready) {
    return (
      <Empty title="Choose a scheme, a secret and a body">
        The headers that a delivery of this body carries appear here, signed with the secret, ready to copy
        into a test.
      </Empty>
    );
  }
  if (error) return error.field === null ? <ProblemBox problem={error} /> : <Empty title={error.message} />;
  if (!data) return null;
  const headers = headerText(data);
  return (
    <section className="stack" aria-label="Signed headers">
      <div className="line">
        <h3 className="grow">{data.length === 1 ? "The header" : "The headers"} to send with this body</h3>
        <CopyButton text={headers} label="Copy the headers">
          Copy
        </CopyButton>
        <Button rightSection={<IconArrowRight size={15} stroke={1.6} />} onClick={() => onCheck(headers)}>
          Check it
        </Button>
      </div>
      <Code language="plain" text={headers} label="Signed headers" />
      <p className="dim">
        Send the body byte for byte as it stands on the left: one more line end and the signature is another.
      </p>
    </section>
  );
}
