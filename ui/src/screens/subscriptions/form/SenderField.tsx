// Who sends the deliveries of a new subscription: this machine or a platform.

import { IconCheck } from "@tabler/icons-react";
import type { BrandDetail, BrandView, PlatformView } from "~/api/types";
import { Pill } from "~/parts";
import { spelledOut } from "~/parts/format/eventTitles";
import css from "../subscriptions.module.css";
import { PLATFORM_DEFAULTS } from "./draft";
import type { DraftForm } from "./fieldProps";

export interface SenderFieldProps {
  form: DraftForm;
  brands: readonly BrandView[];
}

export function SenderField({ form, brands }: SenderFieldProps) {
  const { values: draft, setValues: set } = form;
  if (brands.length === 0) {
    return (
      <p className="dim" style={{ marginBottom: 14 }}>
        Sent by this machine. To have your platform send, <a href="#/brands?do=connect">connect it</a> first.
      </p>
    );
  }
  return (
    <fieldset className={css.places}>
      <legend className="hidden">Sender</legend>
      <Choice
        title="This machine"
        text="Hookbench sends, retries, and logs every response"
        on={draft.at === ""}
        onClick={() => set({ at: "" })}
      />
      {brands.map((brand) => (
        <Choice
          key={brand.id}
          title={brand.platform_title}
          text={`A webhook in the account ${brand.name}, independent of this machine`}
          on={draft.at === brand.id}
          onClick={() =>
            set({ ...PLATFORM_DEFAULTS, at: brand.id, platform: brand.platform, brand: "", payload: "event" })
          }
        />
      ))}
    </fieldset>
  );
}

function Choice({
  title,
  text,
  on,
  onClick,
}: {
  title: string;
  text: string;
  on: boolean;
  onClick: () => void;
}) {
  return (
    <button type="button" className={css.goal} aria-pressed={on} onClick={onClick}>
      <span className={css.goalHead}>
        <b>{title}</b>
        <span>{on && <Pill tone="ok" icon={IconCheck} bare label="Selected" />}</span>
      </span>
      <span className="dim">{text}</span>
    </button>
  );
}

/** The platform with the event types that a brand's account offers. */
export function platformOf(
  platform: PlatformView | undefined,
  brand: BrandDetail | undefined,
): PlatformView | undefined {
  if (!platform || !brand || brand.platform !== platform.name) return platform;
  const names = brand.event_types.map(({ name }) => name);
  return {
    ...platform,
    goals: platform.goals
      .map((goal) => ({ ...goal, events: goal.events.filter((type) => names.includes(type)) }))
      .filter((goal) => goal.events.length > 0),
    events: brand.event_types.map(
      ({ name, meaning }) =>
        platform.events.find((event) => event.name === name) ?? {
          name,
          title: spelledOut(name),
          meaning: meaning || "No description",
          sample: "",
          schema: "",
        },
    ),
  };
}

/** Shown in place of the fields that the platform decides. */
export function AtPlatform({ brand }: { brand: BrandView }) {
  return (
    <p className="dim">
      {brand.platform_title} decides payload, retries, headers and limits. Tests are sent from this machine,
      first to a local target, then to your endpoint. <a href={`#/brands?id=${brand.id}`}>{brand.name}</a>
    </p>
  );
}
