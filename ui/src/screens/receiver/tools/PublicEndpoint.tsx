// How the receiver is reached from outside: the public URL of a tunnel, and the self-check.

import { Button, TextInput } from "@mantine/core";
import { IconRoute } from "@tabler/icons-react";
import { useState } from "react";
import { useAct, useCall } from "~/data";
import { DefinitionList, fieldError, ProblemBox, restProblem, sentence, Time, Verdict } from "~/parts";
import classes from "../receiver.module.css";

export function Reach({ receiver }: { receiver: string | null }) {
  const { data, error } = useCall("reach", null);
  const [draft, setDraft] = useState<string | null>(null);
  const save = useAct("reach_set", { done: "The public URL is set.", after: () => setDraft(null) });
  const check = useAct("self_check");
  const url = draft ?? data?.public_url ?? "";
  const problem = save.error ?? check.error;
  const rest = restProblem(problem, ["public_url"]);
  return (
    <div className={`${classes.detail} ${classes.reach}`}>
      <h2>Reach from outside</h2>
      <p className="dim">
        The receiver listens on this machine only{receiver === null ? "" : `, at ${receiver}`}. With a tunnel
        of your own, give the address that it shows; the addresses of sources are then written with it.
        Without a tunnel, add a source that pulls from a relay.
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
          description="https, up to the path where the receiver begins. Empty forgets it."
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
            Check that it reaches this machine
          </Button>
        </div>
      </form>
      {check.data && (
        <>
          <Verdict
            tone={check.data.reached ? "ok" : "fail"}
            headline={check.data.reached ? "It reaches this receiver." : "It does not reach this receiver."}
          >
            {sentence(check.data.detail)}
            {check.data.fix !== null && ` ${sentence(check.data.fix)}`}
          </Verdict>
          <DefinitionList
            items={[
              [
                "Asked",
                <code key="url" className="mono">
                  {check.data.url}/…
                </code>,
              ],
              ["Answer", check.data.status === null ? "None" : String(check.data.status)],
              ["Took", `${check.data.took_ms} ms`],
              ["When", <Time key="at" at={check.data.at} form="both" />],
            ]}
          />
        </>
      )}
    </div>
  );
}
