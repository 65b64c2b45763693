// Edits a subscription, with the fields of the wizard.

import { Button } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useState } from "react";
import type { PlatformView, SavedSubscription, SubscriptionLine } from "~/api/types";
import { brandOf, useBrands } from "~/brand";
import { useAct, useCall } from "~/data";
import { useShortcuts } from "~/keys";
import { Page, ProblemBox, restProblem, Split } from "~/parts";
import { type Draft, draftOf, toChange, validate } from "./form/draft";
import { EndpointFields } from "./form/EndpointFields";
import { EventFields } from "./form/EventFields";
import { errorAt, FIELDS } from "./form/errors";
import { platformOf } from "./form/SenderField";
import { NewSecret } from "./NewSecret";
import { RequestPreview, useRequestPreview } from "./preview/RequestPreview";
import { SamplePreview } from "./preview/SamplePreview";
import { ScrollArea } from "./ScrollArea";
import css from "./subscriptions.module.css";
import { hostOf } from "./url";

export interface EditSubscriptionProps {
  line: SubscriptionLine;
  onClose: () => void;
}

export function EditSubscription(props: EditSubscriptionProps) {
  const { data: platforms, error } = useCall("platforms", null, { live: false });
  if (!platforms) return <Page title="Edit subscription">{error && <ProblemBox problem={error} />}</Page>;
  return <Ready {...props} platforms={platforms} />;
}

function Ready({ line, onClose, platforms }: EditSubscriptionProps & { platforms: readonly PlatformView[] }) {
  // The form starts from the subscription as it was opened; later changes elsewhere do not move it.
  const [before] = useState(() =>
    draftOf(
      line,
      platforms.find((p) => p.name === line.platform),
      false,
    ),
  );
  const [tried, setTried] = useState(false);
  const [saved, setSaved] = useState<SavedSubscription | null>(null);
  const save = useAct("subscription_edit", {
    done: ({ name }) => `${name || "Subscription"} saved.`,
    after: (subscription) => (subscription.secret ? setSaved(subscription) : onClose()),
  });
  const form = useForm<Draft>({
    initialValues: before,
    onValuesChange: () => {
      if (save.error) save.reset();
    },
  });
  const draft = form.values;
  const brand = brandOf(useBrands(), draft.at);
  const read = useCall("brand", { id: brand?.id ?? "" }, { enabled: brand !== undefined, keep: false });
  const known = platforms.find((p) => p.name === draft.platform);
  const platform = brand ? platformOf(known, read.data) : known;
  const found = validate(draft, platform, before);
  const error = (field: string) => errorAt(field, tried ? found : {}, save.error);
  const change = toChange(draft, before, platform);
  const changed = Object.keys(change).length > 0;
  const submit = () => {
    setTried(true);
    if (Object.keys(found).length > 0 || save.isPending) return;
    if (changed) save.mutate({ id: line.id, change });
    else onClose();
  };
  useShortcuts("Edit subscription", [
    { keys: "mod+Enter", label: "Save", run: submit, whileTyping: true },
    { keys: "Escape", label: "Discard changes", run: onClose },
  ]);
  const rest = restProblem(save.error, FIELDS);
  const needsPreview = draft.payload !== "event";
  const sent = useRequestPreview(change, line.id, needsPreview);
  const title = line.name || hostOf(line.url);
  if (saved?.secret) {
    return (
      <Page
        title="Edit subscription"
        heading={`${title} has a new secret`}
        actions={
          <Button variant="filled" onClick={onClose}>
            Done
          </Button>
        }
        padded
      >
        <div className={css.form}>
          <NewSecret secret={saved.secret} />
        </div>
      </Page>
    );
  }
  return (
    <Page
      title="Edit subscription"
      heading={`Edit ${title}`}
      subtitle={
        brand
          ? `${brand.platform_title} cannot edit webhooks. A new webhook replaces the old one, and an event may briefly arrive twice.`
          : "Waiting deliveries use the new settings from their next attempt."
      }
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="filled" onClick={submit} loading={save.isPending} disabled={!changed}>
            Save
          </Button>
        </>
      }
    >
      <Split
        id="wizard"
        label="Preview"
        width={420}
        left={
          <ScrollArea className={css.main} label="Settings">
            <form
              className={css.form}
              onSubmit={(event) => {
                event.preventDefault();
                submit();
              }}
            >
              {rest && <ProblemBox problem={rest} />}
              <h2 className={css.question}>Endpoint</h2>
              <p className={css.under}>URL, payload, name, signing secret, and advanced settings.</p>
              <EndpointFields
                form={form}
                platform={platform}
                error={error}
                hasSecret={line.has_secret}
                fields={sent.preview?.fields ?? []}
                problems={sent.preview?.problems ?? []}
                at={brand}
              />
              <h2 className={css.question} style={{ marginTop: 28 }}>
                Events
              </h2>
              <p className={css.under}>Changes apply to new events. Past events are not sent again.</p>
              <EventFields form={form} platforms={brand && platform ? [platform] : platforms} error={error} />
              <button type="submit" className="hidden" tabIndex={-1} aria-hidden="true" />
            </form>
          </ScrollArea>
        }
        right={
          needsPreview ? (
            <RequestPreview
              preview={sent.preview}
              error={sent.error}
              patterns={draft.events}
              event={sent.event}
              onEvent={sent.setEvent}
            />
          ) : (
            <SamplePreview draft={draft} platform={platform} />
          )
        }
      />
    </Page>
  );
}
