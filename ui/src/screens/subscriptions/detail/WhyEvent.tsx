// Why an event was or was not sent to this subscription.

import { Button, TextInput } from "@mantine/core";
import { useState } from "react";
import type { SubscriptionLine } from "~/api/types";
import { useCall } from "~/data";
import { ProblemBox } from "~/parts";
import { WhyExplanation } from "~/parts/diagnosis/WhyExplanation";
import css from "../subscriptions.module.css";

export function WhyEvent({ line }: { line: SubscriptionLine }) {
  const [typed, setTyped] = useState("");
  const [asked, setAsked] = useState<string | null>(null);
  const { data, error } = useCall(
    "why",
    { event: asked ?? "", subscription: line.id },
    { enabled: asked !== null, keep: false },
  );
  return (
    <div className={css.section}>
      <h3>Why was an event sent or not sent?</h3>
      <form
        className="line"
        onSubmit={(event) => {
          event.preventDefault();
          setAsked(typed.trim() === "" ? null : typed.trim());
        }}
      >
        <TextInput
          className="grow"
          aria-label="Event id"
          placeholder="Event id, such as evt_… or order-1093"
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
        <Button type="submit" disabled={typed.trim() === ""}>
          Explain
        </Button>
      </form>
      {error && <ProblemBox problem={error} />}
      {data?.items.map((why) => (
        <WhyExplanation key={why.subscription} why={why} open />
      ))}
    </div>
  );
}
