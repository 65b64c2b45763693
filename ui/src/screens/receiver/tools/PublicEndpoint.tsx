// The public endpoint of the receiver: the URL of a tunnel, and the self-check.

import { Button, TextInput } from "@mantine/core";
import { IconRoute } from "@tabler/icons-react";
import { useState } from "react";
import { useAct, useCall } from "~/data";
import { DefinitionList, fieldError, ProblemBox, restProblem, sentence, Time, Verdict } from "~/parts";
import classes from "../receiver.module.css";

export function PublicEndpoint({ receiver }: { receiver: string | null }) {
  const { data, error } = useCall("public_endpoint", null);
  const [draft, setDraft] = useState<string | null>(null);
  const save = useAct("public_endpoint_set", { done: "Public URL saved.", after: () => setDraft(null) });
  const check = useAct("self_check");
  const url = draft ?? data?.public_url ?? "";
  const problem = save.error ?? check.error;
  const rest = restProblem(problem, ["public_url"]);
  return (
    <div className={`${classes.detail} ${classes.reach}`}>
      <h2>Public endpoint</h2>
      <p className="dim">
        The receiver listens on this machine only{receiver === null ? "" : `, at ${receiver}`}. If you run a
        tunnel, enter its public URL; source URLs are then shown with it. Without a tunnel, add a source that
        pulls from a relay.
      </p>
      {error && <ProblemBox problem={error} />}
      <form
        className={`card ${classes.address}`}
        aria-label="Public URL"
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate({ url: url.trim() === "" ? null : url.trim() });
        }}
      >
        <TextInput
          label="Public URL"
          placeholder="https://your-name.your-tunnel.example"
          description="An https URL, up to the receiver's base path. Leave empty to remove it."
          inputWrapperOrder={["label", "input", "description", "error"]}
          value={url}
          onChange={(event) => setDraft(event.currentTarget.value)}
          {...fieldError(problem, "public_url")}
        />
        {rest && <ProblemBox problem={rest} />}
        <div className="line">
          <Button type="submit" variant={draft === null ? "default" : "filled"} loading={save.isPending}>
            Save
          </Button>
          <Button
            leftSection={<IconRoute size={15} stroke={1.6} />}
            disabled={url.trim() === ""}
            loading={check.isPending}
            onClick={() => check.mutate({ url: url.trim() })}
          >
            Run self-check
          </Button>
        </div>
      </form>
      {check.data && (
        <>
          <Verdict
            tone={check.data.reached ? "ok" : "fail"}
            headline={
              check.data.reached ? "The URL reaches this receiver." : "The URL does not reach this receiver."
            }
          >
            {sentence(check.data.detail)}
            {check.data.fix !== null && ` ${sentence(check.data.fix)}`}
          </Verdict>
          <DefinitionList
            items={[
              [
                "URL",
                <code key="url" className="mono">
                  {check.data.url}/…
                </code>,
              ],
              ["Response", check.data.status === null ? "None" : String(check.data.status)],
              ["Latency", `${check.data.took_ms} ms`],
              ["Checked", <Time key="at" at={check.data.at} form="both" />],
            ]}
          />
        </>
      )}
    </div>
  );
}
