// Deliveries over time. Dragging over the bars narrows the log to that time span.

import { useState } from "react";
import type { HistogramView } from "~/api/types";
import { count } from "~/parts/format";
import styles from "../deliveries.module.css";
import { barAt, brushed, positionOf, rangeLabel, spanOf, type TimeSpan, total } from "./histogram";

const HEIGHT = 64;
/** Space above the bars for the label of one. */
const TOP = 18;

export interface HistogramProps {
  view: HistogramView | undefined;
  /** The time span that the log is narrowed to. */
  since?: string;
  until?: string;
  onBrush: (span: TimeSpan | null) => void;
}

interface Drag {
  from: number;
  to: number;
}

export function Histogram({ view, since, until, onBrush }: HistogramProps) {
  const [drag, setDrag] = useState<Drag | null>(null);
  const [over, setOver] = useState<number | null>(null);
  if (!view) return <div className={styles.histogram} />;
  const now = Date.now();
  const most = Math.max(1, ...view.bars.map(total));
  const place = (event: React.PointerEvent<HTMLElement>): number => {
    const box = event.currentTarget.getBoundingClientRect();
    return box.width > 0 ? (event.clientX - box.left) / box.width : 0;
  };
  const dragged = drag && brushed(view, drag.from, drag.to);
  const marked = dragged
    ? positionOf(view, new Date(dragged.from).toISOString(), new Date(dragged.until).toISOString())
    : positionOf(view, since, until);
  const hovered = over === null || drag ? null : barAt(over, view.bars.length);
  const bar = hovered === null ? undefined : view.bars[hovered];
  const span = spanOf(view);
  return (
    <figure className={styles.histogram} aria-label={summary(view)}>
      <div
        className={styles.bars}
        onPointerDown={(event) => {
          if (event.button !== 0) return;
          event.currentTarget.setPointerCapture(event.pointerId);
          setDrag({ from: place(event), to: place(event) });
        }}
        onPointerMove={(event) => {
          setOver(place(event));
          if (drag) setDrag({ ...drag, to: place(event) });
        }}
        onPointerLeave={() => setOver(null)}
        onPointerCancel={() => setDrag(null)}
        onPointerUp={() => {
          if (!drag) return;
          setDrag(null);
          const few = Math.abs(drag.to - drag.from) < 0.004;
          const bare =
            total(view.bars[barAt(drag.from, view.bars.length)] ?? { delivered: 0, failed: 0, other: 0 }) ===
            0;
          onBrush(few && (bare || since !== undefined) ? null : brushed(view, drag.from, drag.to));
        }}
      >
        <svg viewBox={`0 0 ${view.bars.length} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
          {view.bars.map((each, index) => (
            <Column
              // biome-ignore lint/suspicious/noArrayIndexKey: bars are identified by their position
              key={index}
              at={index}
              scale={(HEIGHT - TOP - 4) / most}
              bar={each}
              dim={hovered !== null && hovered !== index}
            />
          ))}
        </svg>
        {marked && (
          <div
            className={styles.brush}
            style={{ left: `${marked.left * 100}%`, width: `${marked.width * 100}%` }}
          />
        )}
      </div>
      {bar && hovered !== null && (
        <div className={styles.told} style={hovered < view.bars.length / 2 ? { right: 8 } : { left: 8 }}>
          <b>{rangeLabel(timeSpanOf(view, hovered), now)}</b> {barWords(bar)}
        </div>
      )}
      {drag && dragged && (
        <div className={styles.told} style={{ right: 8 }}>
          {rangeLabel(dragged, now)}
        </div>
      )}
      {!bar && !drag && (
        <figcaption className={styles.span}>
          <span>{rangeLabel({ from: span.from, until: span.from }, now).split(" to ")[0]}</span>
          <span>now</span>
        </figcaption>
      )}
    </figure>
  );
}

const timeSpanOf = (view: HistogramView, index: number): TimeSpan => {
  const from = spanOf(view).from + index * view.width_ms;
  return { from, until: from + view.width_ms };
};

function Column({
  at,
  bar,
  scale,
  dim,
}: {
  at: number;
  bar: { delivered: number; failed: number; other: number };
  scale: number;
  dim: boolean;
}) {
  const parts = [
    { tone: "ok", n: bar.delivered, opacity: 0.4 },
    { tone: "wait", n: bar.other, opacity: 0.55 },
    { tone: "fail", n: bar.failed, opacity: 1 },
  ];
  let base = HEIGHT - 2;
  return (
    <g opacity={dim ? 0.55 : 1}>
      {parts.map(({ tone, n, opacity }) => {
        if (n === 0) return null;
        const height = Math.max(n * scale, 1.5);
        base -= height;
        return (
          <rect
            key={tone}
            x={at + 0.15}
            width={0.7}
            y={base}
            height={height}
            fill={`var(--${tone})`}
            opacity={opacity}
          />
        );
      })}
    </g>
  );
}

function barWords({
  delivered,
  failed,
  other,
}: {
  delivered: number;
  failed: number;
  other: number;
}): string {
  const parts = [
    delivered > 0 && `${count(delivered)} delivered`,
    failed > 0 && `${count(failed)} failed`,
    other > 0 && `${count(other)} other`,
  ].filter(Boolean);
  return parts.length > 0 ? parts.join(", ") : "nothing";
}

function summary(view: HistogramView): string {
  const sum = { delivered: 0, failed: 0, other: 0 };
  for (const bar of view.bars) {
    sum.delivered += bar.delivered;
    sum.failed += bar.failed;
    sum.other += bar.other;
  }
  const newest = view.capped ? ", newest only" : "";
  return `Deliveries over time: ${barWords(sum)}${newest}`;
}
