// The left half: the request, and the secret and scheme to verify it with.

import { Select, Textarea, TextInput } from "@mantine/core";
import { IconClock } from "@tabler/icons-react";
import type { ClipboardEvent } from "react";
import type { Problem } from "~/api";
import type { Difference } from "~/api/types";
import { useCall } from "~/data";
import { lengthGap } from "../result/autopsy";
import classes from "../signature.module.css";
import { BodyField } from "./BodyField";
import { type Draft, edit } from "./draft";
import { type Message, readMoment, splitMessage } from "./message";
import { SecretField } from "./SecretField";

export interface RequestFormProps {
  draft: Draft;
  problem: Problem | null;
  difference: Difference | null;
  /** Signing: no headers, and the scheme is required. */
  signing: boolean;
}

/** Fills the fields from a pasted message. A message without a body keeps the current body. */
export function takeMessage({ headers, body, request }: Message): void {
  edit({
    headers,
    ...(body === "" ? {} : { body: { text: body } }),
    from: request === null ? null : `Pasted: ${request}`,
  });
}

function pasted(event: ClipboardEvent<HTMLTextAreaElement>) {
  const message = splitMessage(event.clipboardData.getData("text/plain"));
  if (message === null || (message.body === "" && message.request === null)) return;
  event.preventDefault();
  takeMessage(message);
}

export function RequestForm({ draft, problem, difference, signing }: RequestFormProps) {
  const { data: schemes } = useCall("schemes", null, { live: false });
  const at = readMoment(draft.at);
  const errorAt = (field: string) => (problem?.field === field ? problem.message : null);
  const named = (schemes ?? []).map(({ name, header }) => ({
    value: name,
    label: header ? `${name} · ${header}` : name,
  }));
  return (
    <>
      <div className={classes.pair}>
        <div>
          <Select
            label="Signature scheme"
            data={signing ? named : [{ value: "", label: "Detect automatically" }, ...named]}
            value={draft.scheme}
            placeholder="Choose a scheme"
            onChange={(value) => edit({ scheme: value ?? "" })}
            error={errorAt("scheme")}
            searchable
          />
          <TextInput
            className={classes.mono}
            mt={6}
            aria-label={signing ? "Signing time" : "Verification time"}
            leftSection={<IconClock size={15} stroke={1.6} aria-hidden="true" />}
            description={at ? `${new Date(at).toLocaleString("en-GB")} local time` : undefined}
            inputWrapperOrder={["label", "input", "description", "error"]}
            placeholder={"Now"}
            title="RFC 3339, or Unix seconds or milliseconds"
            value={draft.at}
            onChange={(event) => edit({ at: event.currentTarget.value })}
            error={
              at === null
                ? "Invalid time. Enter 2026-05-08T14:02:11Z, or Unix seconds such as 1767225600."
                : errorAt("at")
            }
          />
        </div>
        <SecretField draft={draft} problem={problem} several={!signing} />
      </div>
      {!signing && (
        <Textarea
          className={classes.mono}
          label="Headers"
          placeholder={"X-Trcker-Signature: t=…,v1=…\nOr paste a whole HTTP message."}
          minRows={3}
          maxRows={9}
          autosize
          value={draft.headers}
          onChange={(event) => edit({ headers: event.currentTarget.value })}
          onPaste={pasted}
          error={errorAt("headers")}
          spellCheck={false}
        />
      )}
      <BodyField
        body={draft.body}
        onMessage={takeMessage}
        remark={difference === null ? "" : lengthGap(difference)}
        problem={errorAt("body") ?? errorAt("body_base64")}
      />
    </>
  );
}
