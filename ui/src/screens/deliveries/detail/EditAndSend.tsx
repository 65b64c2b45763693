// Edit and send: the event of a delivery, edited, re-signed and sent once as a test.

import { json } from "@codemirror/lang-json";
import { syntaxHighlighting } from "@codemirror/language";
import { EditorView } from "@codemirror/view";
import {
  Autocomplete,
  Button,
  Checkbox,
  Modal,
  SegmentedControl,
  Select,
  Textarea,
  TextInput,
} from "@mantine/core";
import { useForm } from "@mantine/form";
import { Link } from "@tanstack/react-router";
import CodeMirror from "@uiw/react-codemirror";
import { useMemo } from "react";
import type { DeliveryDetail, SentEdited } from "~/api/types";
import { useAct, useCall } from "~/data";
import { fieldError, ProblemBox, restProblem } from "~/parts";
import { colours, editorTheme } from "~/parts/code/codemirror";
import { indent } from "~/parts/format/indent";
import { TestResponse } from "~/screens/subscriptions/test-event/TestResponse";
import { hostOf } from "~/screens/subscriptions/url";
import { bodyOf } from "../attempt/body";
import { parseHeaders } from "../attempt/headers";
import styles from "./edit.module.css";

const FIELDS = ["body", "event", "headers", "subscription", "url", "scheme", "secret"];
const EXTENSIONS = [
  json(),
  EditorView.lineWrapping,
  editorTheme,
  syntaxHighlighting(colours),
  EditorView.contentAttributes.of({ "aria-label": "Body to send" }),
];

export function EditAndSend({ detail, onClose }: { detail: DeliveryDetail; onClose: () => void }) {
  const scope = detail.brand === null ? {} : { brand: detail.brand };
  const sent = detail.attempts.at(-1)?.request;
  const event = useCall("event", { id: detail.event, ...scope }, { live: false, enabled: !sent });
  const from = sent ?? event.data;
  return (
    <Modal opened onClose={onClose} title="Edit and send" size={760}>
      {event.error && <ProblemBox problem={event.error} />}
      {from && <Form detail={detail} was={bodyOf(from)} onClose={onClose} />}
    </Modal>
  );
}

function Form({
  detail,
  was,
  onClose,
}: {
  detail: DeliveryDetail;
  was: ReturnType<typeof bodyOf>;
  onClose: () => void;
}) {
  const subscriptions = useCall("subscriptions", null, { live: false });
  const schemes = useCall("schemes", null, { live: false });
  const types = useCall("event_types", null, { live: false });
  const form = useForm({
    initialValues: {
      body: was.text ?? "",
      type: detail.event_type,
      headers: "",
      destination: "subscription",
      subscription: detail.subscription as string | null,
      url: detail.url,
      scheme: "none",
      secret: "",
      allowPrivate: false,
    },
  });
  const { body, destination, subscription, url, scheme } = form.values;
  const here = (subscriptions.data ?? []).filter((line) => line.where === "machine");
  const gone = subscriptions.data !== undefined && !here.some(({ id }) => id === detail.subscription);
  const choices = subscriptions.data
    ? here.map((line) => ({ value: line.id, label: line.name || hostOf(line.url) }))
    : [{ value: detail.subscription, label: detail.subscription_name || hostOf(detail.url) }];
  const send = useAct("edit_and_send");
  const headers = parseHeaders(form.values.headers);
  const target =
    destination === "url" ? url : (here.find(({ id }) => id === subscription)?.url ?? detail.url);
  const submit = ({ type, secret, allowPrivate }: typeof form.values) => {
    if (!Array.isArray(headers)) return;
    send.mutate({
      delivery: detail.id,
      event_type: type,
      headers,
      // A binary body is sent unchanged.
      ...(was.text === null || body === was.text ? {} : { body }),
      ...(destination === "url"
        ? { url, scheme, allow_private: allowPrivate, ...(secret === "" ? {} : { secret }) }
        : { allow_private: false, ...(subscription === null ? {} : { subscription }) }),
    });
  };
  const rest = restProblem(send.error, FIELDS);
  const names = useMemo(() => (types.data ?? []).map(({ name }) => name), [types.data]);
  return (
    <form className="stack" onSubmit={form.onSubmit(submit)}>
      <p className="dim">
        Sent once with a new id and a new signature, and with the header{" "}
        <code className="mono">X-Hookbench-Test: true</code>. The original delivery does not change.
      </p>
      <div className={styles.row}>
        <SegmentedControl
          aria-label="Destination"
          {...form.getInputProps("destination")}
          data={[
            { value: "subscription", label: "Subscription" },
            { value: "url", label: "URL" },
          ]}
        />
        {destination === "subscription" ? (
          <Select
            aria-label="Subscription"
            className="grow"
            data={choices}
            {...form.getInputProps("subscription")}
            value={gone && subscription === detail.subscription ? null : subscription}
            placeholder={
              gone
                ? `${detail.subscription_name} was deleted; choose another subscription`
                : "Choose a subscription"
            }
            searchable
            {...fieldError(send.error, "subscription")}
          />
        ) : (
          <TextInput
            aria-label="URL"
            className="grow"
            {...form.getInputProps("url")}
            {...fieldError(send.error, "url")}
          />
        )}
      </div>
      {destination === "url" && (
        <div className={styles.row}>
          <Select
            aria-label="Signature scheme"
            data={(schemes.data ?? []).map(({ name }) => ({
              value: name,
              label: name === "none" ? "Unsigned" : name,
            }))}
            allowDeselect={false}
            {...form.getInputProps("scheme")}
            {...fieldError(send.error, "scheme")}
          />
          <TextInput
            aria-label="Signing secret"
            className="grow"
            type="password"
            autoComplete="off"
            placeholder="Signing secret, not stored"
            disabled={scheme === "none"}
            {...form.getInputProps("secret")}
            {...fieldError(send.error, "secret")}
          />
          <Checkbox
            label="Allow private addresses"
            {...form.getInputProps("allowPrivate", { type: "checkbox" })}
          />
        </div>
      )}
      <Autocomplete
        label="Event type"
        data={names}
        {...form.getInputProps("type")}
        limit={30}
        {...fieldError(send.error, "event")}
      />
      <div>
        <div className={styles.caption}>
          <span className="grow">Body, sent exactly as shown</span>
          {indent(body) !== null && indent(body) !== body && (
            <button
              type="button"
              className={styles.plain}
              onClick={() => form.setFieldValue("body", indent(body) ?? body)}
            >
              Format JSON
            </button>
          )}
          {was.text !== null && body !== was.text && (
            <button
              type="button"
              className={styles.plain}
              onClick={() => form.setFieldValue("body", was.text ?? "")}
            >
              Restore original
            </button>
          )}
        </div>
        {was.text === null ? (
          <p className="dim">Binary body, sent unchanged.</p>
        ) : (
          <CodeMirror
            className={styles.editor ?? ""}
            value={body}
            onChange={(text) => form.setFieldValue("body", text)}
            extensions={EXTENSIONS}
            theme="none"
            height="220px"
            indentWithTab={false}
            basicSetup={{
              lineNumbers: false,
              foldGutter: false,
              highlightActiveLine: false,
              highlightActiveLineGutter: false,
              autocompletion: false,
            }}
          />
        )}
      </div>
      <Textarea
        label="Extra headers"
        description="One per line, as Name: value. Signature headers are generated."
        className={styles.headers}
        autosize
        minRows={1}
        maxRows={6}
        spellCheck={false}
        {...form.getInputProps("headers")}
        {...(Array.isArray(headers) ? fieldError(send.error, "headers") : { error: headers })}
      />
      {rest && <ProblemBox problem={rest} />}
      {send.data && <TestResult sent={send.data} host={hostOf(target)} onClose={onClose} />}
      <div className="line">
        <span className="grow" />
        <Button onClick={onClose}>Close</Button>
        <Button type="submit" variant="filled" loading={send.isPending} disabled={!Array.isArray(headers)}>
          {send.data ? "Send again" : "Send"}
        </Button>
      </div>
    </form>
  );
}

function TestResult({ sent, host, onClose }: { sent: SentEdited; host: string; onClose: () => void }) {
  return (
    <section aria-label="Response">
      <TestResponse detail={sent.detail} busy={false} problem={null} host={host} />
      <p className="faint">
        <Link to="/deliveries" search={{ open: sent.delivery, range: "all" }} onClick={onClose}>
          View delivery
        </Link>
      </p>
    </section>
  );
}
