// One delivery: its state, what happened, its attempts, request and response.

import { ActionIcon, Button } from "@mantine/core";
import {
  IconBan,
  IconChevronLeft,
  IconChevronRight,
  IconPencil,
  IconRefresh,
  IconX,
} from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { call, copyText, Problem } from "~/api";
import type { DeliveryDetail } from "~/api/types";
import { useBrandName, useBrands } from "~/brand";
import { toast, useAct, useCall } from "~/data";
import { useShortcuts } from "~/keys";
import { CopyButton, Key, ProblemBox, StateBadge, Tabs, Time } from "~/parts";
import { useEventTitles } from "~/parts/format/eventTitles";
import { Attempts } from "../attempt/Attempts";
import { bodyOf } from "../attempt/body";
import { BodyView, RequestMessage, ResponseMessage, Wire } from "../attempt/Message";
import styles from "../deliveries.module.css";
import { shortId } from "../labels";
import type { Tab } from "../search";
import { Compare } from "./Compare";
import { EditAndSend } from "./EditAndSend";
import { ExportMenu, useExport } from "./ExportMenu";
import { SignatureTab } from "./SignatureTab";
import { WhatHappened } from "./WhatHappened";
import { WhyTab } from "./WhyTab";

export interface DeliveryPanelProps {
  id: string;
  tab: Tab | undefined;
  attempt: number | undefined;
  onTab: (tab: Tab) => void;
  onAttempt: (number: number) => void;
  onClose: () => void;
}

export function DeliveryPanel({ id, onClose, ...rest }: DeliveryPanelProps) {
  const { data, error } = useCall("delivery", { id }, { keep: false });
  useShortcuts("Deliveries", [{ keys: "Escape", label: "Close the delivery", run: onClose }]);
  if (data) return <Loaded key={id} detail={data} onClose={onClose} {...rest} />;
  return (
    <div className={styles.panel}>
      <div className={styles.top}>
        <div className={styles.head}>
          <span className="mono faint">{shortId(id)}</span>
          <span className="grow" />
          <Close onClose={onClose} />
        </div>
        {error && <ProblemBox problem={error} action={<Button onClick={onClose}>Back to the list</Button>} />}
      </div>
    </div>
  );
}

function Close({ onClose }: { onClose: () => void }) {
  return (
    <ActionIcon onClick={onClose} aria-label="Close the delivery" title="Close (Esc)">
      <IconX size={16} stroke={1.6} />
    </ActionIcon>
  );
}

function Loaded({
  detail,
  tab = "attempts",
  attempt: wanted,
  onTab,
  onAttempt,
  onClose,
}: Omit<DeliveryPanelProps, "id"> & { detail: DeliveryDetail }) {
  const { id, attempts, state } = detail;
  const title = useEventTitles()(detail.event_type);
  const brandName = useBrandName();
  const brands = useBrands();
  const retry = useAct("retry", { done: "Retry started." });
  const cancel = useAct("cancel", { done: "Delivery cancelled." });
  const shown = attempts.find(({ number }) => number === wanted) ?? attempts.at(-1);
  const index = shown ? attempts.indexOf(shown) : -1;
  const step = (by: number) => {
    const next = attempts[index + by];
    if (next) onAttempt(next.number);
  };
  const retryNow = () => {
    if (state !== "in_flight" && !retry.isPending) retry.mutate({ ids: [id] });
  };
  const curl = () => call("curl", { id, attempt: shown?.number ?? null });
  const sent = shown?.request != null;
  const [editing, setEditing] = useState(false);
  const [exporting, setExporting] = useState(false);
  const file = useExport(id);
  useShortcuts("Delivery", [
    { keys: "r", label: "Retry the delivery", run: retryNow, enabled: state !== "in_flight" },
    {
      keys: "c",
      label: "Copy as cURL",
      enabled: sent,
      run: () => {
        curl()
          .then(copyText)
          .then(
            () => toast("Copied as cURL."),
            (thrown: unknown) => toast(Problem.from(thrown).message),
          );
      },
    },
    {
      keys: "d",
      label: "Compare with the last success",
      run: () => onTab("compare"),
      enabled: shown !== undefined,
    },
    { keys: "s", label: "Edit and send", run: () => setEditing(true) },
    { keys: "e", label: "Export", run: () => setExporting(true) },
    { keys: "[", label: "Previous attempt", run: () => step(-1), enabled: index > 0 },
    { keys: "]", label: "Next attempt", run: () => step(1), enabled: index < attempts.length - 1 },
  ]);
  const problem = retry.error ?? cancel.error ?? file.error;
  const { pruned } = detail;
  return (
    <div className={styles.panel}>
      <div className={styles.top}>
        <div className={styles.head}>
          <StateBadge state={state} attempts={detail.attempt_count} held={detail.held !== undefined} />
          <h2 title={detail.event_type}>{title}</h2>
          <span className="grow" />
          {state === "pending" && (
            <Button
              leftSection={<IconBan size={15} stroke={1.6} />}
              loading={cancel.isPending}
              onClick={() => cancel.mutate({ ids: [id] })}
            >
              Cancel
            </Button>
          )}
          <ActionIcon
            onClick={() => setEditing(true)}
            aria-label="Edit and send"
            title="Edit and send as a test (s)"
          >
            <IconPencil size={16} stroke={1.6} />
          </ActionIcon>
          {state !== "in_flight" && (
            <Button
              variant={state === "delivered" ? "default" : "filled"}
              leftSection={<IconRefresh size={15} stroke={1.8} />}
              loading={retry.isPending}
              onClick={retryNow}
              title="Retry now (r)"
            >
              {RETRY[state] ?? "Retry"}
            </Button>
          )}
          <Close onClose={onClose} />
        </div>
        <div className={styles.sub}>
          <Link to="/subscriptions" search={{ id: detail.subscription }}>
            {detail.subscription_name}
          </Link>
          <span>·</span>
          <Link
            to="/live"
            search={{ open: detail.event, of_brand: detail.brand ?? undefined }}
            title={detail.event}
          >
            event {shortId(detail.event)}
          </Link>
          {detail.brand && brands.length > 1 && (
            <span title={detail.brand}>· brand {brandName(detail.brand)}</span>
          )}
          <span>
            · <Time at={detail.created_at} form="both" />
          </span>
          {detail.test && <span>· test</span>}
          <span className={styles.id} title={id}>
            · <span className="mono">{shortId(id)}</span>
            <CopyButton text={id} label="Copy delivery id" small />
          </span>
        </div>
        {problem && <ProblemBox problem={problem} />}
        <WhatHappened detail={detail} attempt={shown} />
        {pruned && (
          <p className="dim" title={pruned.note}>
            {pruned.by === "erase" ? "Data erased " : "Bodies deleted by retention "}
            <Time at={pruned.at} form="both" />. The bodies are no longer available.
          </p>
        )}
      </div>
      {attempts.length === 0 && !pruned && <Unsent detail={detail} />}
      {shown && (
        <Tabs
          label="Delivery"
          active={tab}
          onChange={onTab}
          tabs={[
            { id: "attempts", label: "Attempts", count: attempts.length },
            { id: "request", label: "Request" },
            { id: "response", label: "Response" },
            { id: "signature", label: "Signature" },
            { id: "compare", label: "Compare" },
            { id: "why", label: "Why" },
          ]}
        >
          {tab !== "attempts" && attempts.length > 1 && (
            <div className={styles.turner}>
              <ActionIcon
                size="xs"
                disabled={index <= 0}
                aria-label="Previous attempt"
                title="["
                onClick={() => step(-1)}
              >
                <IconChevronLeft size={14} />
              </ActionIcon>
              Attempt {shown.number} of {attempts.length}
              <ActionIcon
                size="xs"
                disabled={index >= attempts.length - 1}
                aria-label="Next attempt"
                title="]"
                onClick={() => step(1)}
              >
                <IconChevronRight size={14} />
              </ActionIcon>
              <span className="faint">
                <Time at={shown.started_at} form="absolute" />
              </span>
              <span className="grow" />
              <Key keys="[" /> <Key keys="]" />
            </div>
          )}
          {tab === "attempts" && (
            <>
              <Attempts detail={detail} chosen={shown.number} onChoose={onAttempt} />
              <div className="stack">
                <Wire attempt={shown} />
                {shown.error && <p className="mono dim">{shown.error}</p>}
                {shown.response && (
                  <BodyView
                    body={bodyOf(shown.response)}
                    headers={shown.response.headers}
                    label="Response body"
                    truncated={shown.response.truncated}
                  />
                )}
              </div>
            </>
          )}
          {tab === "request" && <RequestMessage attempt={shown} />}
          {tab === "response" && <ResponseMessage attempt={shown} />}
          {tab === "signature" && <SignatureTab id={id} attempt={shown.number} />}
          {tab === "compare" && (
            <Compare
              attempt={shown.id}
              subscription={{ id: detail.subscription, name: detail.subscription_name }}
            />
          )}
          {tab === "why" && <WhyTab detail={detail} />}
          <div className={styles.foot}>
            {sent && (
              <CopyButton text={curl} label="Copy request as cURL" keys="c">
                Copy as cURL
              </CopyButton>
            )}
            <ExportMenu opened={exporting} onChange={setExporting} actions={file} />
          </div>
        </Tabs>
      )}
      {editing && <EditAndSend detail={detail} onClose={() => setEditing(false)} />}
    </div>
  );
}

/** The label of a manual retry, by state. */
const RETRY: Record<string, string> = {
  delivered: "Send again",
  pending: "Retry now",
  skipped: "Send now",
  cancelled: "Send anyway",
};

/** What would be sent, for a delivery without attempts. */
function Unsent({ detail }: { detail: DeliveryDetail }) {
  const scope = detail.brand === null ? {} : { brand: detail.brand };
  const { data, error } = useCall("event", { id: detail.event, ...scope }, { live: false });
  if (error) return null;
  return (
    <div style={{ padding: "0 18px 14px" }} className="stack">
      <WhyTab detail={detail} />
      <Attempts detail={detail} chosen={undefined} onChoose={() => {}} />
      {data && <BodyView body={bodyOf(data)} headers={[]} label="Request body" />}
    </div>
  );
}
