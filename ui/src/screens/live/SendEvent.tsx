// Sends a test event: a type and its data.

import { Autocomplete, Button, Modal, Textarea, TextInput } from "@mantine/core";
import { IconSend } from "@tabler/icons-react";
import { useMemo, useState } from "react";
import type { Accepted } from "~/api/types";
import { useAct, useCall } from "~/data";
import { fieldError, ProblemBox, restProblem } from "~/parts";
import { plural } from "~/parts/format";
import { dataError, eventJson, type Sample, samplesOf } from "./draft";
import styles from "./live.module.css";

const FIRST = "conversion.approved";
const FIELDS = ["event", "data", "brandId"];

/** The response leaves the list out where there are none. */
const warningsOf = ({ warnings }: Partial<Pick<Accepted, "warnings">>): readonly string[] => warnings ?? [];

export function SendEvent({ onSent }: { onSent: (id: string) => void }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button
        variant="filled"
        leftSection={<IconSend size={15} stroke={1.8} />}
        onClick={() => setOpen(true)}
      >
        Send test event
      </Button>
      {open && <Form onClose={() => setOpen(false)} onSent={onSent} />}
    </>
  );
}

function Form({ onClose, onSent }: { onClose: () => void; onSent: (id: string) => void }) {
  const { data: platforms } = useCall("platforms", null, { live: false });
  const samples = useMemo(() => samplesOf(platforms ?? []), [platforms]);
  const byType = (type: string): Sample | undefined => samples.find((sample) => sample.type === type);
  const [type, setType] = useState(FIRST);
  const [typed, setTyped] = useState<string | null>(null);
  const [brand, setBrand] = useState("");
  const [tried, setTried] = useState(false);
  const send = useAct("event_send", {
    done: ({ deliveries, duplicate }) =>
      duplicate
        ? "Duplicate: this event is already stored, and nothing was sent again."
        : deliveries.length > 0
          ? `Event stored, ${plural(deliveries.length, "delivery", "deliveries")} queued.`
          : "Event stored. No subscription matches.",
    after: (accepted) => {
      if (warningsOf(accepted).length === 0) {
        onClose();
        onSent(accepted.id);
      }
    },
  });
  const sample = byType(type);
  // Until the reader types, the data follows the event type.
  const data = typed ?? sample?.data ?? "{}";
  const wrong = dataError(data);
  const submit = () => {
    setTried(true);
    if (wrong === null && type.trim() !== "") send.mutate({ json: eventJson(type, data, brand) });
  };
  const warnings = send.data ? warningsOf(send.data) : [];
  const rest = restProblem(send.error, FIELDS);
  return (
    <Modal opened onClose={onClose} title="Send test event" size={560}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <Autocomplete
          label="Event type"
          description={
            sample?.meaning ?? "Not in any catalogue. It is stored and sent like any other event type."
          }
          data={samples.map((each) => each.type)}
          value={type}
          onChange={setType}
          limit={40}
          maxDropdownHeight={260}
          // A complete type filters nothing, so that all others can be chosen.
          filter={({ options, search }) =>
            byType(search.trim())
              ? options
              : options.filter((each) => "value" in each && each.value.includes(search.trim().toLowerCase()))
          }
          {...(tried && type.trim() === ""
            ? { error: "Enter an event type." }
            : fieldError(send.error, "event"))}
        />
        <TextInput
          label="Brand"
          description="Sent to subscriptions of this brand and to those without a brand. Leave empty for no brand."
          value={brand}
          onChange={(event) => setBrand(event.currentTarget.value)}
          {...fieldError(send.error, "brandId")}
        />
        <Textarea
          label="Data"
          description="The JSON object in the event's data field, sent exactly as shown."
          className={styles.json}
          data-autofocus
          value={data}
          spellCheck={false}
          onChange={(event) => setTyped(event.currentTarget.value)}
          {...(tried && wrong !== null ? { error: wrong } : fieldError(send.error, "data"))}
        />
        {rest && <ProblemBox problem={rest} />}
        {warnings.map((warning) => (
          <p key={warning} className="dim" role="status">
            Event stored and sent. Note: {warning}.
          </p>
        ))}
        <div className="line">
          {typed !== null && sample && (
            <Button variant="subtle" onClick={() => setTyped(null)}>
              Reset to sample
            </Button>
          )}
          <span className="grow" />
          <Button onClick={onClose}>{warnings.length > 0 ? "Close" : "Cancel"}</Button>
          <Button type="submit" variant="filled" loading={send.isPending}>
            Send
          </Button>
        </div>
      </form>
    </Modal>
  );
}
