// The summary of a subscription, while the form is filled in.

import type { PlatformView } from "~/api/types";
import { brandOf, useBrands } from "~/brand";
import { useCall } from "~/data";
import { DefinitionList } from "~/parts";
import { duration } from "~/parts/format";
import { useEventTitles } from "~/parts/format/eventTitles";
import { inWords } from "../detail/Configuration";
import { type Draft, scheduleOf, schemeOf } from "../form/draft";
import { delayWords, readDuration } from "../policy/policy";
import { ScrollArea } from "../ScrollArea";
import css from "../subscriptions.module.css";
import { parsed } from "../url";

/** The head of the request, as far as it is known before sending. */
export function requestHead(draft: Draft, header: string | null | undefined): string {
  const url = parsed(draft.url);
  const signed = draft.secret !== "none" && header;
  return [
    `POST ${url ? url.pathname + url.search : "/…"} HTTP/1.1`,
    `Host: ${url?.host || "…"}`,
    "Content-Type: application/json",
    ...(signed ? [`${header}: …`] : []),
    ...draft.headers
      .filter((row) => row.name !== "")
      .map((row) => `${row.name}: ${row.hidden ? "••••" : row.value}`),
  ].join("\n");
}

export function Summary({ draft, platform }: { draft: Draft; platform: PlatformView | undefined }) {
  const brand = brandOf(useBrands(), draft.at);
  const titleOf = useEventTitles();
  const schemes = useCall("schemes", null, { live: false });
  const platforms = useCall("platforms", null, { live: false });
  const scheme = schemeOf(draft, platform);
  const header = schemes.data?.find((s) => s.name === scheme)?.header;
  const schedule = scheduleOf(draft, platforms.data ?? []);
  // A platform decides these itself, whatever was typed before it was selected.
  const here = draft.at === "";
  const failing = readDuration(draft.autoDisable);
  const types = draft.events.map((type) => inWords(type, titleOf));
  const more = types.length - 6;
  return (
    <ScrollArea className={css.side} label="Summary">
      <h2>Summary</h2>
      <pre className={css.head}>{requestHead(draft, header)}</pre>
      <DefinitionList
        items={[
          ["Event types", types.slice(0, 6).join(", ") + (more > 0 ? ` and ${more} more` : "")],
          ["Signature", draft.secret === "none" || scheme === "none" ? "Unsigned" : scheme],
          [
            "Sender",
            brand
              ? brand.platform_title === brand.name
                ? brand.name
                : `${brand.platform_title}, ${brand.name}`
              : null,
          ],
          [
            "Filter",
            here && draft.filter.trim() !== "" && (
              <code className="mono" key="filter">
                {draft.filter.trim()}
              </code>
            ),
          ],
          ["Retry schedule", schedule && delayWords(schedule.delays, schedule.repeatLast)],
          ["Auto-disable", here && failing ? `After failing for ${duration(failing)}` : null],
          ["Brand", draft.brand || null],
          ["Limits", (here && limits(draft)) || null],
        ]}
      />
      <p className="dim">
        {brand
          ? `Next, Hookbench creates the webhook at ${brand.platform_title}, sends a sample with X-Hookbench-Test: true from this machine, and shows the response. Real events are sent by ${brand.platform_title}.`
          : "Next, Hookbench saves the subscription, sends a sample with X-Hookbench-Test: true, and shows the response. Real events follow."}
      </p>
    </ScrollArea>
  );
}

function limits(draft: Draft): string {
  return [
    draft.rate && `${draft.rate} per second`,
    draft.concurrency && `concurrency ${draft.concurrency}`,
    draft.ordered && (draft.orderedBy.trim() ? `FIFO per ${draft.orderedBy.trim()}` : "FIFO"),
  ]
    .filter(Boolean)
    .join(", ");
}
