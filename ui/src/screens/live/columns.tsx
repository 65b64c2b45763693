// The columns of the live log.

import { IconAlertTriangle } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import type { FateView, LiveLine } from "~/api/types";
import { type Column, stateLabel, toneStyle } from "~/parts";
import { local, plural, utc } from "~/parts/format";
import { aboutWords } from "~/parts/format/money";
import { responseLabel } from "~/screens/deliveries/labels";
import styles from "./live.module.css";

/** The same event id may occur in several brands and sources. */
export const idOf = ({ id, brand, source }: Pick<LiveLine, "id" | "brand" | "source">): string =>
  [id, brand ?? "", source ?? ""].join(" ");

/** Names up to this length are not truncated; longer ones are truncated first. */
const SHORT = 8;

/** The state of one delivery of an event, as a link to it. */
export function DeliveryChip({ fate, bare }: { fate: FateView; bare: boolean }) {
  const { word, tone, icon: Icon } = stateLabel(fate.state, fate.attempts);
  const result = fate.state === "skipped" || fate.state === "cancelled" ? "" : responseLabel(fate);
  return (
    <Link
      to="/deliveries"
      search={{ open: fate.delivery }}
      className={styles.chip}
      style={toneStyle(tone)}
      data-short={fate.name.length <= SHORT || undefined}
      title={`${fate.name}: ${word.toLowerCase()}${result && `, ${result}`}, ${plural(fate.attempts, "attempt")}`}
      onClick={(event) => event.stopPropagation()}
      onDoubleClick={(event) => event.stopPropagation()}
    >
      <Icon size={12} stroke={2} aria-hidden="true" />
      <span className={bare ? "hidden" : styles.name}>{fate.name}</span>
      <span className={styles.result}>
        {result || (fate.state === "in_flight" ? "sending" : word.toLowerCase())}
      </span>
    </Link>
  );
}

/** The columns. `narrow` shows the names of subscriptions in the tooltip only. */
export function columnsOf(
  title: (type: string) => string,
  brandName: ((word: string | null) => string | null) | null,
  narrow: boolean,
): readonly Column<LiveLine>[] {
  const brand: Column<LiveLine> = {
    id: "brand",
    header: "Brand",
    width: "88px",
    cell: (line) => (
      <span className="dim" title={line.brand ?? undefined}>
        {brandName?.(line.brand)}
      </span>
    ),
  };
  return [
    {
      id: "time",
      header: "Time",
      width: "62px",
      cell: ({ received_at }) => {
        const at = Date.parse(received_at);
        return (
          <time className="dim" dateTime={received_at} title={`${local(at, 0)}\n${utc(at)} UTC`}>
            {local(at, at)}
          </time>
        );
      },
    },
    ...(brandName && !narrow ? [brand] : []),
    {
      id: "event",
      header: "Event",
      width: "minmax(180px, 1fr)",
      cell: (line) => (
        <>
          {title(line.event)} <span className="faint">{aboutWords(line.about)}</span>
          {line.test && <span className="faint"> · test</span>}
          {line.findings > 0 && (
            <span className={styles.odd} title={`${plural(line.findings, "finding")} in its data`}>
              <IconAlertTriangle size={11} stroke={2} aria-hidden="true" />
              <span className="hidden">Findings: </span>
              {line.findings}
            </span>
          )}
        </>
      ),
    },
    {
      id: "fates",
      header: "Deliveries",
      width: narrow ? "minmax(0, 1.2fr)" : "minmax(0, 1.9fr)",
      cell: (line) =>
        line.fates.length > 0 ? (
          <span className={styles.chips}>
            {line.fates.map((fate) => (
              <DeliveryChip key={fate.delivery} fate={fate} bare={narrow} />
            ))}
          </span>
        ) : (
          <span className="faint">no matching subscription</span>
        ),
    },
  ];
}
