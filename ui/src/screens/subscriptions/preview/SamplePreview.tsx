// What the receiver will get: a sample of each chosen event type, as the platform sends it.

import { useState } from "react";
import type { PlatformView } from "~/api/types";
import { Code, Empty } from "~/parts";
import type { Draft } from "../form/draft";
import { takesAny } from "../patterns";
import { Scroll } from "../ScrollArea";
import css from "../subscriptions.module.css";

/** More chips than this are counted. */
const CHIPS = 12;

/** A compact body, indented for reading; left as it is where it is not JSON. */
function indented(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}

export function Preview({ draft, platform }: { draft: Draft; platform: PlatformView | undefined }) {
  const [wanted, setWanted] = useState("");
  const types = (platform?.events ?? []).filter((type) => takesAny(draft.events, type.name));
  const shown = types.find((type) => type.name === wanted) ?? types[0];
  const more = types.length - CHIPS;
  return (
    <Scroll className={css.side} label="What your receiver will get">
      <div>
        <h2>What your receiver will get</h2>
        {shown && <p className="dim">A sample, in the shape in which {platform?.title} sends it.</p>}
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
          <Code text={indented(shown.sample)} label={`Sample of ${shown.name}`} maxHeight={520} />
        </>
      ) : (
        <Empty title={draft.events.length === 0 ? "Nothing is chosen yet" : "No sample of this"}>
          {draft.events.length === 0
            ? "Choose on the left what should happen; a sample of it shows here."
            : "No catalogue has a sample of these types. They are delivered byte for byte as they come."}
        </Empty>
      )}
    </Scroll>
  );
}
