// How it will be sent, while the form is filled in.

import type { PlatformView } from "~/api/types";
import { brandOf, useBrands } from "~/brand";
import { useCall } from "~/data";
import { DefinitionList } from "~/parts";
import { duration } from "~/parts/format";
import { useEventTitles } from "~/parts/format/eventTitles";
import { inWords } from "../detail/Configuration";
import { type Draft, scheduleOf, schemeOf } from "../form/draft";
import { readSpan, waitsInWords } from "../policy/policy";
import { Scroll } from "../ScrollArea";
import css from "../subscriptions.module.css";
import { parsed } from "../url";

/** The first lines of the request, as far as they are known before it is sent. */
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
  // A platform decides the rest by itself, whatever was typed before it was chosen.
  const here = draft.at === "";
  const failing = readSpan(draft.autoDisable);
  const told = draft.events.map((type) => inWords(type, titleOf));
  const more = told.length - 6;
  return (
    <Scroll className={css.side} label="How it will be sent">
      <h2>How it will be sent</h2>
      <pre className={css.head}>{requestHead(draft, header)}</pre>
      <DefinitionList
        items={[
          ["Is told", told.slice(0, 6).join(", ") + (more > 0 ? ` and ${more} more` : "")],
          ["Signature", draft.secret === "none" || scheme === "none" ? "Not signed" : `Signed as ${scheme}`],
          [
            "Sent by",
            brand
              ? brand.platform_title === brand.name
                ? brand.name
                : `${brand.platform_title}, ${brand.name}`
              : null,
          ],
          [
            "Only if",
            here && draft.filter.trim() !== "" && (
              <code className="mono" key="filter">
                {draft.filter.trim()}
              </code>
            ),
          ],
          ["Tried again", schedule && waitsInWords(schedule.delays, schedule.repeatLast)],
          ["Switched off", here && failing ? `by itself, after failing for ${duration(failing)}` : null],
          ["Brand", draft.brand || null],
          ["Limits", (here && limits(draft)) || null],
        ]}
      />
      <p className="dim">
        {brand
          ? `Next, Hookbench makes the webhook at ${brand.platform_title}. A sample marked with X-Hookbench-Test: true then goes out from this machine, and you see the answer. The real events come from ${brand.platform_title}.`
          : "Next, Hookbench saves it, sends one sample marked with X-Hookbench-Test: true, and shows you the answer. Real events follow from then on."}
      </p>
    </Scroll>
  );
}

function limits(draft: Draft): string {
  return [
    draft.rate && `${draft.rate} a second`,
    draft.concurrency && `${draft.concurrency} at a time`,
    draft.ordered && (draft.orderedBy.trim() ? `in order of each ${draft.orderedBy.trim()}` : "in order"),
  ]
    .filter(Boolean)
    .join(", ");
}
