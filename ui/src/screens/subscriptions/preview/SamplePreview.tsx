// Samples of the selected event types, in the platform's format.

import { useState } from "react";
import type { PlatformView } from "~/api/types";
import { Code, Empty } from "~/parts";
import { indent } from "~/parts/format/indent";
import type { Draft } from "../form/draft";
import { matchesAny } from "../patterns";
import { ScrollArea } from "../ScrollArea";
import css from "../subscriptions.module.css";

/** How many chips are shown. */
const CHIPS = 12;

export function SamplePreview({ draft, platform }: { draft: Draft; platform: PlatformView | undefined }) {
  const [wanted, setWanted] = useState("");
  const types = (platform?.events ?? []).filter((type) => matchesAny(draft.events, type.name));
  const shown = types.find((type) => type.name === wanted) ?? types[0];
  const more = types.length - CHIPS;
  return (
    <ScrollArea className={css.side} label="Sample payload">
      <div>
        <h2>Sample payload</h2>
        {shown && <p className="dim">In the format of {platform?.title}.</p>}
      </div>
      {shown ? (
        <>
          <div className={css.chips}>
            {types.slice(0, CHIPS).map((type) => (
              <button
                key={type.name}
                type="button"
                className={css.chip}
                aria-pressed={type === shown}
                onClick={() => setWanted(type.name)}
              >
                {type.name}
              </button>
            ))}
            {more > 0 && <span className="faint">and {more} more</span>}
          </div>
          <p>{shown.meaning}</p>
          <Code
            text={indent(shown.sample) ?? shown.sample}
            label={`Sample of ${shown.name}`}
            maxHeight={520}
          />
        </>
      ) : (
        <Empty title={draft.events.length === 0 ? "No events selected" : "No sample available"}>
          {draft.events.length === 0
            ? "Select events on the left to see a sample."
            : "No catalogue has a sample of these event types. They are delivered byte for byte."}
        </Empty>
      )}
    </ScrollArea>
  );
}
