// A new subscription in three steps: events, endpoint, test.

import { Button } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useState } from "react";
import { preference, remember } from "~/api";
import type { PlatformView, SavedSubscription, SubscriptionLine } from "~/api/types";
import { brandOf, useBrands } from "~/brand";
import { useAct, useCall } from "~/data";
import { useShortcuts } from "~/keys";
import { Page, ProblemBox, restProblem, Split } from "~/parts";
import { type Draft, draftOf, newDraft, STEP_OF, toForm, validate } from "../form/draft";
import { EndpointFields } from "../form/EndpointFields";
import { EventFields } from "../form/EventFields";
import { errorAt, FIELDS } from "../form/errors";
import { platformOf, SenderField } from "../form/SenderField";
import { RequestPreview, useRequestPreview } from "../preview/RequestPreview";
import { SamplePreview } from "../preview/SamplePreview";
import { Summary } from "../preview/Summary";
import { ScrollArea } from "../ScrollArea";
import { routeApi, type SubscriptionsSearch } from "../search";
import css from "../subscriptions.module.css";
import { STEPS, Steps } from "./Steps";
import { TestRequest, TestStep } from "./TestStep";

export interface WizardProps {
  /** The subscription to duplicate. */
  from: SubscriptionLine | undefined;
  /** Whether there are no subscriptions yet. */
  first: boolean;
  /** Leaves the wizard, for the new subscription if there is one. */
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
  const [initialValues] = useState(() => begin(from, platforms, search.platform, search));
  const [tried, setTried] = useState<Set<1 | 2>>(new Set());
  const [created, setCreated] = useState<SavedSubscription | null>(null);
  const go = (step: "endpoint" | "test" | undefined, replace = false) =>
    void navigate({ search: (was) => ({ ...was, step }), replace });
  const brands = useBrands();
  const test = useAct("subscription_test");
  const remoteTest = useAct("subscription_test_remotely");
  const create = useAct("subscription_create", {
    after: (saved) => {
      setCreated(saved);
      remember("platform", saved.platform);
      go("test", true);
      (saved.remote ? remoteTest : test).mutate({ id: saved.id });
    },
  });
  const form = useForm<Draft>({
    initialValues,
    onValuesChange: () => {
      if (create.error) create.reset();
    },
  });
  const draft = form.values;
  const brand = brandOf(brands, draft.at);
  const read = useCall("brand", { id: brand?.id ?? "" }, { enabled: brand !== undefined, keep: false });
  const known = platforms.find((p) => p.name === draft.platform);
  const platform = brand ? platformOf(known, read.data) : known;
  const found = validate(draft, platform);
  const wrongIn = (which: 1 | 2) => Object.keys(found).some((field) => (STEP_OF[field] ?? 2) === which);
  // If the address is ahead of the form, as after a reload, the first incomplete step is shown.
  const step = created ? 3 : search.step === undefined || wrongIn(1) ? 1 : 2;
  const shown = Object.fromEntries(Object.entries(found).filter(([field]) => tried.has(STEP_OF[field] ?? 2)));
  const error = (field: string) => errorAt(field, shown, create.error);
  const next = () => {
    if (step === 3) return onClose(created?.id);
    setTried((was) => new Set(was).add(step));
    if (wrongIn(step)) return;
    if (step === 1) return go("endpoint");
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
    { keys: "Escape", label: "Back", run: () => (step === 2 ? go(undefined) : onClose(created?.id)) },
  ]);
  const rest = restProblem(create.error, FIELDS);
  const needsPreview = draft.payload !== "event";
  const sent = useRequestPreview(toForm(draft, platform), undefined, step === 2 && needsPreview);
  return (
    <Page
      title="New subscription"
      filters={<Steps step={step} onGo={created ? undefined : (to) => (to === 1 ? go(undefined) : next())} />}
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
        label={step === 3 ? "Request" : "Preview"}
        width={420}
        left={
          <ScrollArea className={css.main} label={STEPS[step - 1] ?? ""}>
            {step === 1 && (
              <>
                <h2 className={css.question}>Select events</h2>
                <p className={css.under}>You can change the selection later.</p>
                <SenderField form={form} brands={brands} />
                <EventFields
                  form={form}
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
                <h2 className={css.question}>Endpoint</h2>
                <p className={css.under}>
                  {needsPreview
                    ? "The preview on the right shows the request for a real event."
                    : "A URL that accepts POST requests with JSON and responds with 2xx."}
                </p>
                <EndpointFields
                  form={form}
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
            {step === 3 && created && (
              <TestStep
                created={created}
                test={test}
                remoteTest={remoteTest}
                platform={brand?.platform_title ?? created.platform}
                onEdit={() => void navigate({ search: { id: created.id, do: "edit" } })}
              />
            )}
          </ScrollArea>
        }
        right={
          step === 1 ? (
            <SamplePreview draft={draft} platform={platform} />
          ) : step === 2 && needsPreview ? (
            <RequestPreview
              preview={sent.preview}
              error={sent.error}
              patterns={draft.events}
              event={sent.event}
              onEvent={sent.setEvent}
            />
          ) : step === 2 ? (
            <Summary draft={draft} platform={platform} />
          ) : (
            <TestRequest
              detail={created?.remote ? (remoteTest.data?.delivery ?? remoteTest.data?.rehearsal) : test.data}
              busy={test.isPending || remoteTest.isPending}
            />
          )
        }
      />
    </Page>
  );
}
