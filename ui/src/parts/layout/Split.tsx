// A list on the left and a detail on the right, with a draggable border.

import { type KeyboardEvent, type PointerEvent, type ReactNode, useRef, useState } from "react";
import { preference, remember } from "~/api";
import css from "./Split.module.css";

export interface SplitProps {
  /** The name under which the width is remembered: `deliveries`. */
  id: string;
  left: ReactNode;
  /** The detail; without it, the left side takes the full width. */
  right?: ReactNode;
  /** The name of the right side for screen readers: `Delivery`. */
  label: string;
  /** The initial width of the right side in pixels; 528 by default. */
  width?: number;
  /** The minimum width of each side; 320 by default. */
  min?: number;
}

const STEP = 16;

export function Split({ id, left, right, label, width: initial = 528, min = 320 }: SplitProps) {
  const key = `pane.${id}`;
  const box = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(() => preference(key, initial));
  const [moving, setMoving] = useState(false);

  const most = () => Math.max(min, (box.current?.clientWidth ?? Number.POSITIVE_INFINITY) - min);
  const clamp = (wanted: number) => Math.round(Math.min(Math.max(wanted, min), most()));
  const settle = (wanted: number) => {
    const next = clamp(wanted);
    setWidth(next);
    remember(key, next);
  };
  const drag = (event: PointerEvent<HTMLDivElement>) => {
    const edge = box.current?.getBoundingClientRect().right ?? 0;
    setWidth(clamp(edge - event.clientX));
  };
  const press = (event: KeyboardEvent<HTMLDivElement>) => {
    const to: Record<string, number> = {
      ArrowLeft: width + STEP,
      ArrowRight: width - STEP,
      Home: most(),
      End: min,
    };
    const next = to[event.key];
    if (next === undefined) return;
    event.preventDefault();
    settle(next);
  };

  const open = right !== undefined && right !== null && right !== false;
  return (
    <div
      ref={box}
      className={css.split}
      data-moving={moving || undefined}
      style={
        open
          ? {
              gridTemplateColumns: `minmax(${min}px, 1fr) 1px minmax(${min}px, min(${width}px, 100% - ${min}px))`,
            }
          : undefined
      }
    >
      <div className={css.side}>{left}</div>
      {open && (
        // biome-ignore lint/a11y/useSemanticElements: an hr cannot be dragged
        <div
          className={css.border}
          role="separator"
          aria-orientation="vertical"
          aria-label={`Width of ${label}`}
          aria-valuenow={width}
          aria-valuemin={min}
          aria-valuemax={Number.isFinite(most()) ? most() : width}
          tabIndex={0}
          onKeyDown={press}
          onDoubleClick={() => settle(initial)}
          onPointerDown={(event) => {
            event.preventDefault();
            event.currentTarget.setPointerCapture(event.pointerId);
            setMoving(true);
          }}
          onPointerMove={moving ? drag : undefined}
          onPointerUp={() => {
            setMoving(false);
            settle(width);
          }}
          onPointerCancel={() => setMoving(false)}
        />
      )}
      {open && (
        <section className={css.side} aria-label={label}>
          {right}
        </section>
      )}
    </div>
  );
}
