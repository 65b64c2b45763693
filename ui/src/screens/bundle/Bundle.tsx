// An incident bundle from another machine, read-only.

import { Button, FileButton, Textarea } from "@mantine/core";
import { IconFolderOpen, IconPackage } from "@tabler/icons-react";
import { useState } from "react";
import type { BundleView } from "~/api/types";
import { useAct } from "~/data";
import { DefinitionList, Page, ProblemBox, StateBadge, Tabs, Time } from "~/parts";
import { Findings } from "~/parts/diagnosis/Findings";
import { WhyExplanation } from "~/parts/diagnosis/WhyExplanation";
import { duration, plural } from "~/parts/format";
import { Attempts } from "~/screens/deliveries/attempt/Attempts";
import { bodyOf } from "~/screens/deliveries/attempt/body";
import { BodyView, RequestMessage, ResponseMessage } from "~/screens/deliveries/attempt/Message";
import { WhatHappened } from "~/screens/deliveries/detail/WhatHappened";
import classes from "./bundle.module.css";

export function Bundle() {
  const read = useAct("bundle_read");
  const [over, setOver] = useState(false);
  const [pasted, setPasted] = useState("");
  const open = (text: string) => read.mutate({ text });
  const openFile = (file: File | null | undefined) => {
    if (file) void file.text().then(open);
  };
  return (
    <Page
      title="Incident"
      subtitle={read.data ? "Read-only: created on another machine" : "One delivery, exported by a colleague"}
      actions={
        <FileButton onChange={openFile} accept="application/json,.json">
          {(props) => (
            <Button {...props} leftSection={<IconFolderOpen size={15} stroke={1.6} />}>
              Open file
            </Button>
          )}
        </FileButton>
      }
    >
      <section
        className={classes.drop}
        data-over={over || undefined}
        aria-label="Drop an incident bundle here"
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={(event) => {
          event.preventDefault();
          setOver(false);
          openFile(event.dataTransfer.files[0]);
        }}
      >
        {read.error && <ProblemBox problem={read.error} />}
        {read.data ? (
          <Shown bundle={read.data} />
        ) : (
          <div className={classes.empty}>
            <IconPackage size={28} stroke={1.3} aria-hidden="true" />
            <strong>Drop an incident bundle here</strong>
            <p className="dim">
              A bundle holds one delivery with its event, attempts, verdicts and retry schedule. It is
              read-only: nothing in it can be sent.
            </p>
            <Textarea
              aria-label="Bundle text"
              placeholder="Or paste the bundle as text"
              value={pasted}
              onChange={(event) => setPasted(event.currentTarget.value)}
              autosize
              minRows={3}
              maxRows={8}
              spellCheck={false}
              className={classes.paste}
            />
            <Button
              variant="filled"
              disabled={pasted.trim() === ""}
              loading={read.isPending}
              onClick={() => open(pasted)}
            >
              Open bundle
            </Button>
          </div>
        )}
      </section>
    </Page>
  );
}

const TABS = ["attempts", "request", "response", "event", "why"] as const;
type Tab = (typeof TABS)[number];

function Shown({ bundle }: { bundle: BundleView }) {
  const { delivery, event, why } = bundle;
  const [tab, setTab] = useState<Tab>("attempts");
  const [number, setNumber] = useState(delivery.attempts.at(-1)?.number);
  const shown = delivery.attempts.find((attempt) => attempt.number === number);
  return (
    <article className={classes.incident}>
      <div className="line">
        <StateBadge state={delivery.state} attempts={delivery.attempts.length} />
        <h2 className="grow">{delivery.event_type}</h2>
        <span className="mono faint">{delivery.id}</span>
      </div>
      <DefinitionList
        items={[
          ["Subscription", delivery.subscription_name],
          ["URL", delivery.url],
          ["Created", <Time key="created" at={delivery.created_at} form="both" />],
          [
            "Exported",
            <span key="exported">
              <Time at={bundle.made_at} form="both" /> by Hookbench {bundle.version}
            </span>,
          ],
          [
            "Retry schedule",
            bundle.schedule &&
              `${plural(bundle.schedule.total_attempts, "attempt")} over ${duration(bundle.schedule.covers_ms)}`,
          ],
          ["Masked", bundle.masked.join(", ")],
        ]}
      />
      <WhatHappened detail={delivery} attempt={shown} readOnly />
      <Tabs
        label="Incident"
        active={tab}
        onChange={setTab}
        tabs={[
          { id: "attempts", label: "Attempts", count: delivery.attempts.length },
          { id: "request", label: "Request" },
          { id: "response", label: "Response" },
          { id: "event", label: "Event" },
          { id: "why", label: "Why" },
        ]}
      >
        {tab === "attempts" && <Attempts detail={delivery} chosen={number} onChoose={setNumber} />}
        {tab === "request" && shown && <RequestMessage attempt={shown} />}
        {tab === "response" && shown && <ResponseMessage attempt={shown} />}
        {tab === "event" && (
          <div className="stack">
            <Findings findings={event.findings ?? []} schema={event.schema ?? null} />
            <BodyView body={bodyOf(event)} headers={[]} label="Body" />
          </div>
        )}
        {tab === "why" &&
          (why ? <WhyExplanation why={why} open /> : <p className="dim">Not in this bundle.</p>)}
      </Tabs>
    </article>
  );
}
