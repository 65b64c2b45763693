// Changes a subscription, with the forms that made it.

import { Button } from "@mantine/core";
import { useState } from "react";
import type { PlatformView, SavedSubscription, SubscriptionLine } from "~/api/types";
import { brandOf, useBrands } from "~/brand";
import { useAct, useCall } from "~/data";
import { useShortcuts } from "~/keys";
import { Page, ProblemBox, restProblem, Split } from "~/parts";
import { type Draft, draftOf, toChange, troubles } from "./form/draft";
import { Where } from "./form/EndpointFields";
import { What } from "./form/EventFields";
import { errorAt, FIELDS } from "./form/errors";
import { platformOf } from "./form/SenderField";
import { SecretOnce } from "./NewSecret";
import { SentPreview, useSentPreview } from "./preview/RequestPreview";
import { Preview } from "./preview/SamplePreview";
import { Scroll } from "./ScrollArea";
import css from "./subscriptions.module.css";
import { hostOf } from "./url";

export interface EditProps {
  line: SubscriptionLine;
  onClose: () => void;
}

export function Edit(props: EditProps) {
  const { data: platforms, error } = useCall("platforms", null, { live: false });
  if (!platforms) return <Page title="Edit subscription">{error && <ProblemBox problem={error} />}</Page>;
  return <Ready {...props} platforms={platforms} />;
}

function Ready({ line, onClose, platforms }: EditProps & { platforms: readonly PlatformView[] }) {
  // The form starts from how it was when it was opened; what changes elsewhere does not move it.
  const [before] = useState(() =>
    draftOf(
      line,
      platforms.find((p) => p.name === line.platform),
      false,
    ),
  );
  const [draft, setDraft] = useState<Draft>(before);
  const [tried, setTried] = useState(false);
  const [saved, setSaved] = useState<SavedSubscription | null>(null);
  const save = useAct("subscription_edit", {
    done: ({ name }) => `${name || "The subscription"} is saved.`,
    after: (answer) => (answer.secret ? setSaved(answer) : onClose()),
  });
  const brand = brandOf(useBrands(), draft.at);
  const read = useCall("brand", { id: brand?.id ?? "" }, { enabled: brand !== undefined, keep: false });
  const known = platforms.find((p) => p.name === draft.platform);
  const platform = brand ? platformOf(known, read.data) : known;
  const found = troubles(draft, platform, before);
  const error = (field: string) => errorAt(field, tried ? found : {}, save.error);
  const change = toChange(draft, before, platform);
  const changed = Object.keys(change).length > 0;
  const set = (part: Partial<Draft>) => {
    setDraft((was) => ({ ...was, ...part }));
    if (save.error) save.reset();
  };
  const submit = () => {
    setTried(true);
    if (Object.keys(found).length > 0 || save.isPending) return;
    if (changed) save.mutate({ id: line.id, change });
    else onClose();
  };
  useShortcuts("Edit subscription", [
    { keys: "mod+Enter", label: "Save", run: submit, whileTyping: true },
    { keys: "Escape", label: "Leave without saving", run: onClose },
  ]);
  const rest = restProblem(save.error, FIELDS);
  const shaped = draft.shape !== "event";
  const sent = useSentPreview(change, line.id, shaped);
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
          <SecretOnce secret={saved.secret} />
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
          ? `${brand.platform_title} cannot edit: a new webhook takes the old one's place, and for a moment an event may come twice.`
          : "What waits uses the new settings at its next attempt."
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
          <Scroll className={css.main} label="Settings">
            <form
              className={css.form}
              onSubmit={(event) => {
                event.preventDefault();
                submit();
              }}
            >
              {rest && <ProblemBox problem={rest} />}
              <h2 className={css.question}>Where it goes</h2>
              <p className={css.under}>Address, name, secret, and how it is tried again.</p>
              <Where
                draft={draft}
                set={set}
                platform={platform}
                error={error}
                kept={line.has_secret}
                fields={sent.preview?.fields ?? []}
                problems={sent.preview?.problems ?? []}
                at={brand}
              />
              <h2 className={css.question} style={{ marginTop: 28 }}>
                What it is told
              </h2>
              <p className={css.under}>Events that happened before are not sent again.</p>
              <What
                draft={draft}
                set={set}
                platforms={brand && platform ? [platform] : platforms}
                error={error}
              />
              <button type="submit" className="hidden" tabIndex={-1} aria-hidden="true" />
            </form>
          </Scroll>
        }
        right={
          shaped ? (
            <SentPreview
              preview={sent.preview}
              error={sent.error}
              patterns={draft.events}
              event={sent.event}
              onEvent={sent.setEvent}
            />
          ) : (
            <Preview draft={draft} platform={platform} />
          )
        }
      />
    </Page>
  );
}
