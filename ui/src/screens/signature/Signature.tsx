// Signature lab: verifies a request's signature and finds the cause when it does not match.

import { Button } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconFlask, IconLoader2, IconX } from "@tabler/icons-react";
import { useNavigate } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import { Problem } from "~/api";
import { useCall } from "~/data";
import { useShortcuts } from "~/keys";
import { Empty, Key, Page, ProblemBox, Split } from "~/parts";
import { bytesOf } from "./request/bytes";
import { type Draft, edit, isEmpty, labInput, replace, signInput, useDraft } from "./request/draft";
import { loadExample } from "./request/example";
import { PasteMessage } from "./request/PasteMessage";
import { PickDelivery } from "./request/PickDelivery";
import { RequestForm, takeMessage } from "./request/RequestForm";
import { useLoadRequest } from "./request/useLoadRequest";
import { Result } from "./result/Result";
import { SignResult } from "./result/SignResult";
import { routeApi } from "./search";
import classes from "./signature.module.css";

/** How long after the last keystroke the check runs. */
const PAUSE_MS = 300;
/** Half of the window beside the rail. */
const HALF = Math.max(480, Math.round((window.innerWidth - 196) / 2));
const NO_INPUT = { headers: "", try_kept: false };
/** The fields of the form that show what is wrong with them. */
const FIELDS = new Set(["scheme", "secret", "secret_of", "headers", "body", "body_base64", "at"]);

/** Checks the draft after a pause, or immediately when `now` is called. */
function useLab(draft: Draft, signing: boolean) {
  const [settled, { flush }] = useSettled(draft);
  const input = useMemo(() => (signing ? null : labInput(settled)), [settled, signing]);
  const query = useCall("lab", input ?? NO_INPUT, { enabled: input !== null, live: false });
  return {
    answer: input === null ? undefined : query.data,
    error: input === null ? null : query.error,
    busy: input !== null && (query.isFetching || settled !== draft),
    pending: labInput(draft) !== null,
    received: useMemo(() => bytesOf(settled.body), [settled]),
    now: () => {
      flush(draft);
      if (settled === draft && input !== null) void query.refetch();
    },
  };
}

/** The draft as it was when the reader last paused. */
function useSettled(draft: Draft): [Draft, { flush: (draft: Draft) => void }] {
  const [paused] = useDebouncedValue(draft, PAUSE_MS);
  const [forced, setForced] = useState<Draft | null>(null);
  return [forced === draft ? draft : paused, { flush: setForced }];
}

export function Signature() {
  const draft = useDraft();
  const { delivery, attempt, mode } = routeApi.useSearch();
  const navigate = useNavigate({ from: "/signature" });
  const [dialog, setDialog] = useState<"pick" | "paste" | null>(null);
  const [failed, setFailed] = useState<Problem | null>(null);
  const notLoaded = useLoadRequest(delivery, attempt);
  const signing = mode === "sign";
  const lab = useLab(draft, signing);
  const signed = useMemo(() => signInput(draft), [draft]);
  const [signSettled] = useDebouncedValue(signed, PAUSE_MS);
  useShortcuts("Signature lab", [
    { keys: "mod+Enter", label: "Verify now", whileTyping: true, enabled: !signing, run: lab.now },
  ]);

  const setMode = (next: "sign" | undefined) => {
    if (next === "sign" && draft.scheme === "") edit({ scheme: lab.answer?.autopsy.scheme ?? "trcker" });
    void navigate({ search: (old) => ({ ...old, mode: next }) });
  };
  const clear = () => {
    replace({});
    void navigate({ search: {} });
  };
  const example = () => {
    void navigate({ search: {} });
    loadExample().then(
      () => setFailed(null),
      (thrown: unknown) => setFailed(Problem.from(thrown)),
    );
  };
  const problem = notLoaded ?? failed;
  const unfielded = lab.error !== null && !FIELDS.has(lab.error.field ?? "") ? lab.error : null;

  return (
    <Page
      title="Signature lab"
      subtitle={signing ? "Sign a body with any scheme" : "Paste a received request, or choose a delivery"}
      actions={
        <>
          {!isEmpty(draft) && <Button onClick={clear}>Clear</Button>}
          <Button onClick={() => setDialog("pick")}>Choose delivery…</Button>
          <Button onClick={() => setDialog("paste")}>Paste raw HTTP…</Button>
          <Button onClick={() => setMode(signing ? undefined : "sign")}>{signing ? "Verify" : "Sign"}</Button>
        </>
      }
    >
      <Split
        id="signature"
        label="Result"
        width={HALF}
        min={400}
        left={
          <div className={`${classes.half} ${classes.input}`}>
            {problem && <ProblemBox problem={problem} />}
            {draft.from && (
              <div className={classes.from}>
                <span className="ellipsis" title={draft.from}>
                  {draft.from}
                </span>
                <button type="button" aria-label="Clear origin" onClick={() => edit({ from: null })}>
                  <IconX size={13} />
                </button>
              </div>
            )}
            <RequestForm
              draft={draft}
              problem={lab.error}
              difference={lab.answer?.autopsy.difference ?? null}
              signing={signing}
            />
          </div>
        }
        right={
          <div className={classes.half} aria-busy={lab.busy}>
            {signing ? (
              <SignResult
                input={signSettled}
                onCheck={(headers) => {
                  edit({ headers, from: null });
                  setMode(undefined);
                }}
              />
            ) : (
              <>
                {unfielded && <ProblemBox problem={unfielded} />}
                {lab.answer && !lab.error && <Result answer={lab.answer} received={lab.received} />}
                {!lab.answer && !lab.error && lab.pending && <Checking />}
                {!lab.answer && !lab.error && !lab.pending && (
                  <Nothing onExample={example} empty={isEmpty(draft)} />
                )}
              </>
            )}
          </div>
        }
      />
      <PickDelivery
        open={dialog === "pick"}
        onClose={() => setDialog(null)}
        onPick={(id) => {
          setDialog(null);
          void navigate({ search: { delivery: id } });
        }}
      />
      <PasteMessage open={dialog === "paste"} onClose={() => setDialog(null)} onMessage={takeMessage} />
    </Page>
  );
}

function Checking() {
  return (
    <p className="line dim" role="status">
      <IconLoader2 size={15} className="turns" aria-hidden="true" />
      Verifying the signature…
    </p>
  );
}

function Nothing({ empty, onExample }: { empty: boolean; onExample: () => void }) {
  if (!empty) {
    return (
      <Empty icon={IconFlask} title="Headers are missing">
        Paste the headers of this request, including the signature header. The check runs as you type, or
        immediately with <Key keys="mod+Enter" />.
      </Empty>
    );
  }
  return (
    <Empty
      icon={IconFlask}
      title="Find out why a signature does not match"
      action={
        <Button variant="filled" onClick={onExample}>
          Load example
        </Button>
      }
    >
      Paste the headers and body that your handler received. The lab verifies the signature step by step. If
      it does not match, the lab finds the cause: an extra line break, re-serialized JSON, another secret, a
      wrong timestamp. The example is a signed webhook with one byte added.
    </Empty>
  );
}
