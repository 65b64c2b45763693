// A new subscription in three steps: what should happen, where to, try it.

import { Button } from "@mantine/core";
import { useState } from "react";
import { preference, remember } from "~/api";
import type { PlatformView, SavedSubscription, SubscriptionLine } from "~/api/types";
import { brandOf, useBrands } from "~/brand";
import { useAct, useCall } from "~/data";
import { useShortcuts } from "~/keys";
import { Page, ProblemBox, restProblem, Split } from "~/parts";
import { type Draft, draftOf, newDraft, STEP_OF, toForm, troubles } from "../form/draft";
import { Where } from "../form/EndpointFields";
import { What } from "../form/EventFields";
import { errorAt, FIELDS } from "../form/errors";
import { Place, platformOf } from "../form/SenderField";
import { SentPreview, useSentPreview } from "../preview/RequestPreview";
import { Preview } from "../preview/SamplePreview";
import { Summary } from "../preview/Summary";
import { Scroll } from "../ScrollArea";
import { routeApi, type SubscriptionsSearch } from "../search";
import css from "../subscriptions.module.css";
import { STEPS, Steps } from "./Steps";
import { Answered, TryIt } from "./TestStep";

export interface WizardProps {
  /** The subscription to make another like. */
  from: SubscriptionLine | undefined;
  /** Whether there is none yet. */
  first: boolean;
  /** Leaves the wizard, for the subscription that was made if there is one. */
  onClose: (id?: string) => void;
}

export function Wizard(props: WizardProps) {
  const { data: platforms, error } = useCall("platforms", null, { live: false });
  if (!platforms) return <Page title="New subscription">{error && <ProblemBox problem={error} />}</Page>;
  return <Ready {...props} platforms={platforms} />;
}

function begin(
  from: SubscriptionLine | undefined,
  platforms: readonly PlatformView[],
  wanted: string | undefined,
  { event, goal, at }: SubscriptionsSearch,
): Draft {
  if (from)
    return draftOf(
      from,
      platforms.find((p) => p.name === from.platform),
      true,
    );
  const asked = platforms.find((p) => p.name === (wanted ?? preference("platform", "")));
  const draft = newDraft(
    (asked ?? platforms.find((p) => p.name === "trcker") ?? platforms[0])?.name ?? "generic",
  );
  const goals = platforms.find((p) => p.name === draft.platform)?.goals ?? [];
  const events = event === undefined ? goals.find(({ title }) => title === goal)?.events : [event];
  return { ...draft, at: at ?? "", events: events ?? [] };
}

function Ready({ from, onClose, platforms }: WizardProps & { platforms: readonly PlatformView[] }) {
  const search = routeApi.useSearch();
  const navigate = routeApi.useNavigate();
  const [draft, setDraft] = useState(() => begin(from, platforms, search.platform, search));
  const [tried, setTried] = useState<Set<1 | 2>>(new Set());
  const [made, setMade] = useState<SavedSubscription | null>(null);
  const go = (step: "where" | "try" | undefined, replace = false) =>
    void navigate({ search: (was) => ({ ...was, step }), replace });
  const brands = useBrands();
  const test = useAct("subscription_test");
  const rehearsal = useAct("subscription_rehearse");
  const create = useAct("subscription_create", {
    after: (saved) => {
      setMade(saved);
      remember("platform", saved.platform);
      go("try", true);
      (saved.remote ? rehearsal : test).mutate({ id: saved.id });
    },
  });
  const brand = brandOf(brands, draft.at);
  const read = useCall("brand", { id: brand?.id ?? "" }, { enabled: brand !== undefined, keep: false });
  const known = platforms.find((p) => p.name === draft.platform);
  const platform = brand ? platformOf(known, read.data) : known;
  const found = troubles(draft, platform);
  const wrongIn = (which: 1 | 2) => Object.keys(found).some((field) => (STEP_OF[field] ?? 2) === which);
  // An address that is ahead of the form, as after a reload, leads to the first step that lacks something.
  const step = made ? 3 : search.step === undefined || wrongIn(1) ? 1 : 2;
  const shown = Object.fromEntries(Object.entries(found).filter(([field]) => tried.has(STEP_OF[field] ?? 2)));
  const error = (field: string) => errorAt(field, shown, create.error);
  const set = (change: Partial<Draft>) => {
    setDraft((was) => ({ ...was, ...change }));
    if (create.error) create.reset();
  };
  const next = () => {
    if (step === 3) return onClose(made?.id);
    setTried((was) => new Set(was).add(step));
    if (wrongIn(step)) return;
    if (step === 1) return go("where");
    if (!create.isPending) {
      create.mutate(toForm(draft, platform), {
        onError: ({ field }) => {
          if (field !== null && STEP_OF[field] === 1) go(undefined);
        },
      });
    }
  };
  useShortcuts("New subscription", [
    { keys: "mod+Enter", label: step === 3 ? "Done" : "Next step", run: next, whileTyping: true },
    { keys: "Escape", label: "Back", run: () => (step === 2 ? go(undefined) : onClose(made?.id)) },
  ]);
  const rest = restProblem(create.error, FIELDS);
  const shaped = draft.shape !== "event";
  const sent = useSentPreview(toForm(draft, platform), undefined, step === 2 && shaped);
  return (
    <Page
      title="New subscription"
      filters={<Steps step={step} onGo={made ? undefined : (to) => (to === 1 ? go(undefined) : next())} />}
      actions={
        <>
          {step < 3 && <Button onClick={() => onClose()}>Cancel</Button>}
          {step === 2 && <Button onClick={() => go(undefined)}>Back</Button>}
          <Button key={step} variant="filled" onClick={next} loading={create.isPending}>
            {step === 1 ? "Next" : step === 2 ? "Create and test" : "Done"}
          </Button>
        </>
      }
    >
      <Split
        id="wizard"
        label={step === 3 ? "What was sent" : "Preview"}
        width={420}
        left={
          <Scroll className={css.main} label={STEPS[step - 1] ?? ""}>
            {step === 1 && (
              <>
                <h2 className={css.question}>What do you want to know about?</h2>
                <p className={css.under}>Pick what should happen. You can change it later.</p>
                <Place draft={draft} set={set} brands={brands} />
                <What
                  draft={draft}
                  set={set}
                  platforms={brand && platform ? [platform] : platforms}
                  error={error}
                />
              </>
            )}
            {step === 2 && (
              <form
                className={css.form}
                onSubmit={(event) => {
                  event.preventDefault();
                  next();
                }}
              >
                <h2 className={css.question}>Where should it go?</h2>
                <p className={css.under}>
                  {shaped
                    ? "What is sent shows on the right, for a real event, while you write."
                    : "An address that takes POST requests with JSON and answers 2xx."}
                </p>
                <Where
                  draft={draft}
                  set={set}
                  platform={platform}
                  error={error}
                  at={brand}
                  focus
                  fields={sent.preview?.fields ?? []}
                  problems={sent.preview?.problems ?? []}
                />
                {rest && <ProblemBox problem={rest} />}
                <button type="submit" className="hidden" tabIndex={-1} aria-hidden="true" />
              </form>
            )}
            {step === 3 && made && (
              <TryIt
                made={made}
                test={test}
                rehearsal={rehearsal}
                platform={brand?.platform_title ?? made.platform}
                onEdit={() => void navigate({ search: { id: made.id, do: "edit" } })}
              />
            )}
          </Scroll>
        }
        right={
          step === 1 ? (
            <Preview draft={draft} platform={platform} />
          ) : step === 2 && shaped ? (
            <SentPreview
              preview={sent.preview}
              error={sent.error}
              patterns={draft.events}
              event={sent.event}
              onEvent={sent.setEvent}
            />
          ) : step === 2 ? (
            <Summary draft={draft} platform={platform} />
          ) : (
            <Answered
              detail={made?.remote ? (rehearsal.data?.delivery ?? rehearsal.data?.rehearsal) : test.data}
              busy={test.isPending || rehearsal.isPending}
            />
          )
        }
      />
    </Page>
  );
}
