// Replays a received request, or forwards it to another URL.

import { Button, Modal, Select, TextInput } from "@mantine/core";
import { IconRepeat, IconShare3 } from "@tabler/icons-react";
import { useState } from "react";
import type { ReceivedView } from "~/api/types";
import { useAct, useCall } from "~/data";
import { Code, fieldError, ProblemBox, restProblem, sentence, Verdict } from "~/parts";
import { shownBody } from "./requests";

export function ReplayRequest({ request }: { request: ReceivedView }) {
  const [forwarding, setForwarding] = useState(false);
  const [source, setSource] = useState<string | null>(null);
  const { data: sources } = useCall("sources", null);
  const replay = useAct("received_replay");
  const response = replay.data?.answer as { detail?: string; duplicate?: boolean; id?: string } | undefined;
  return (
    <>
      <div className="line">
        <Button
          leftSection={<IconRepeat size={15} stroke={1.6} />}
          loading={replay.isPending}
          onClick={() => replay.mutate({ id: request.id, source })}
        >
          Replay
        </Button>
        {(sources ?? []).length > 1 && (
          <Select
            aria-label="Source to replay with"
            placeholder="With its own source"
            size="xs"
            clearable
            data={(sources ?? []).map(({ id, name }) => ({ value: id, label: `With source ${name}` }))}
            value={source}
            onChange={setSource}
          />
        )}
        <Button leftSection={<IconShare3 size={15} stroke={1.6} />} onClick={() => setForwarding(true)}>
          Forward…
        </Button>
      </div>
      {replay.error && <ProblemBox problem={replay.error} />}
      {replay.data && (
        <Verdict
          tone={replay.data.status === 200 ? "ok" : "fail"}
          headline={
            replay.data.status === 200
              ? response?.duplicate
                ? "Duplicate: the event is already stored, and nothing was sent again."
                : `Accepted as ${response?.id ?? "an event"}.`
              : `Rejected again with ${replay.data.status}.`
          }
        >
          {response?.detail === undefined ? null : sentence(response.detail)}
        </Verdict>
      )}
      {forwarding && <Forward request={request} onClose={() => setForwarding(false)} />}
    </>
  );
}

function Forward({ request, onClose }: { request: ReceivedView; onClose: () => void }) {
  const [url, setUrl] = useState("");
  const forward = useAct("received_forward");
  const rest = restProblem(forward.error, ["url"]);
  const sent = forward.data;
  const accepted = sent?.status != null && sent.status >= 200 && sent.status < 300;
  return (
    <Modal opened onClose={onClose} title="Forward request" size={600}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          forward.mutate({ id: request.id, to: { url: url.trim() } });
        }}
      >
        <p className="dim">
          Sends the original request once: method, query, headers and body, byte for byte. Redirects are not
          followed.
        </p>
        <TextInput
          data-autofocus
          label="Destination URL"
          placeholder="http://127.0.0.1:8080/hooks"
          value={url}
          onChange={(event) => setUrl(event.currentTarget.value)}
          {...fieldError(forward.error, "url")}
        />
        {rest && <ProblemBox problem={rest} />}
        <div className="line" style={{ justifyContent: "flex-end" }}>
          <Button onClick={onClose}>Close</Button>
          <Button type="submit" variant="filled" loading={forward.isPending}>
            Send
          </Button>
        </div>
      </form>
      {sent && (
        <div className="stack">
          <Verdict
            tone={accepted ? "ok" : "fail"}
            headline={
              sent.status === null
                ? `No response: ${sent.error ?? sent.outcome}.`
                : `Responded with ${sent.status} in ${sent.timings.total_ms} ms.`
            }
          >
            {sent.notes.length > 0 ? sent.notes.map(sentence).join(" ") : null}
          </Verdict>
          {sent.response && (
            <Code text={shownBody(sent.response).text} label="Response body" maxHeight={240} />
          )}
        </div>
      )}
    </Modal>
  );
}
