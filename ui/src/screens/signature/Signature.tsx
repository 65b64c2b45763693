// Signature lab: a request is taken apart until the mistake in its signature has a name.

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
import { layOutExample } from "./request/example";
import { PasteMessage } from "./request/PasteMessage";
import { PickDelivery } from "./request/PickDelivery";
import { RequestForm, takeMessage } from "./request/RequestForm";
import { useLoad } from "./request/useLoadRequest";
import { Result } from "./result/Result";
import { Sign } from "./result/SignResult";
import { routeApi } from "./search";
import classes from "./signature.module.css";

/** How long after the last key the check begins. */
const PAUSE_MS = 300;
/** Half of the window beside the rail. */
const HALF = Math.max(480, Math.round((window.innerWidth - 196) / 2));
const NO_INPUT = { headers: "", try_kept: false };
/** The fields of the form that show what is wrong with them. */
const FIELDS = new Set(["scheme", "secret", "secret_of", "headers", "body", "body_base64", "at"]);

/** The check of the draft: after a pause, or at once when `now` is called. */
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
  const notLoaded = useLoad(delivery, attempt);
  const signing = mode === "sign";
  const lab = useLab(draft, signing);
  const signed = useMemo(() => signInput(draft), [draft]);
  const [signSettled] = useDebouncedValue(signed, PAUSE_MS);
  useShortcuts("Signature lab", [
    { keys: "mod+Enter", label: "Check now", whileTyping: true, enabled: !signing, run: lab.now },
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
    layOutExample().then(
      () => setFailed(null),
      (thrown: unknown) => setFailed(Problem.from(thrown)),
    );
  };
  const problem = notLoaded ?? failed;
  const unfielded = lab.error !== null && !FIELDS.has(lab.error.field ?? "") ? lab.error : null;

  return (
    <Page
      title="Signature lab"
      subtitle={
        signing ? "Sign a body as a platform does" : "Paste what your handler received, or pick a delivery"
      }
      actions={
        <>
          {!isEmpty(draft) && <Button onClick={clear}>Start over</Button>}
          <Button onClick={() => setDialog("pick")}>Pick a delivery…</Button>
          <Button onClick={() => setDialog("paste")}>Paste raw HTTP</Button>
          <Button onClick={() => setMode(signing ? undefined : "sign")}>
            {signing ? "Check instead" : "Sign instead"}
          </Button>
        </>
      }
    >
      <Split
        id="signature"
        label="What the lab found"
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
                <button
                  type="button"
                  aria-label="Forget where it came from"
                  onClick={() => edit({ from: null })}
                >
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
              <Sign
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
      Taking the signature apart…
    </p>
  );
}

function Nothing({ empty, onExample }: { empty: boolean; onExample: () => void }) {
  if (!empty) {
    return (
      <Empty icon={IconFlask} title="The headers are missing">
        Paste the headers that came with this body: the signature is one of them. The check runs as you type,
        or at once with <Key keys="mod+Enter" />.
      </Empty>
    );
  }
  return (
    <Empty
      icon={IconFlask}
      title="Why does a signature not match?"
      action={
        <Button variant="filled" onClick={onExample}>
          Try a worked example
        </Button>
      }
    >
      Paste the headers and the body that your handler received. The lab checks the signature step by step
      and, where it fails, finds the cause: a line end too many, JSON written anew, another secret, a wrong
      time. The example is a real signed webhook with one byte added.
    </Empty>
  );
}
