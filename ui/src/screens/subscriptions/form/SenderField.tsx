// Where a new subscription runs: this machine sends, or the platform does.

import { IconCheck } from "@tabler/icons-react";
import type { BrandDetail, BrandView, PlatformView } from "~/api/types";
import { Pill } from "~/parts";
import { spelledOut } from "~/parts/format/eventTitles";
import css from "../subscriptions.module.css";
import { type Draft, ELSEWHERE } from "./draft";

export interface PlaceProps {
  draft: Draft;
  set: (change: Partial<Draft>) => void;
  brands: readonly BrandView[];
}

export function Place({ draft, set, brands }: PlaceProps) {
  if (brands.length === 0) {
    return (
      <p className="dim" style={{ marginBottom: 14 }}>
        This machine sends. <a href="#/brands?do=connect">Connect a platform</a> to have the platform itself
        send.
      </p>
    );
  }
  return (
    <fieldset className={css.places}>
      <legend className="hidden">Where it runs</legend>
      <Choice
        title="This machine sends"
        text="Hookbench receives the events, tries again, and keeps every answer"
        on={draft.at === ""}
        onClick={() => set({ at: "" })}
      />
      {brands.map((brand) => (
        <Choice
          key={brand.id}
          title={`${brand.platform_title} sends`}
          text={`A webhook at ${brand.name}'s account, whether or not this machine is on`}
          on={draft.at === brand.id}
          onClick={() =>
            set({ ...ELSEWHERE, at: brand.id, platform: brand.platform, brand: "", shape: "event" })
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
        <span>{on && <Pill tone="ok" icon={IconCheck} bare label="Chosen" />}</span>
      </span>
      <span className="dim">{text}</span>
    </button>
  );
}

/** The platform as a brand of it is served: with the event types that it named when it was read. */
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
          meaning: meaning || "The platform does not say what it means",
          sample: "",
          schema: "",
        },
    ),
  };
}

/** What is said in place of retries and limits, which the platform decides. */
export function AtPlatform({ brand }: { brand: BrandView }) {
  return (
    <p className="dim">
      What is sent, retries, headers and limits are {brand.platform_title}'s to decide. A test goes out from
      this machine: first to a target of Hookbench's own, then to your receiver.{" "}
      <a href={`#/brands?id=${brand.id}`}>{brand.name}</a>
    </p>
  );
}
