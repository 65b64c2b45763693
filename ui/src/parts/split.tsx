// A list with a detail at its right.
import { type KeyboardEvent, type PointerEvent, type ReactNode, useEffect, useRef, useState } from "react";
import { useKeys } from "../keys";
import { usePreference } from "../preferences";
import css from "./split.module.css";

/** How far an arrow key moves the edge, in pixels. */
const STEP = 16;

/** What a split shows. */
export interface SplitProps {
  /** Names the width that is remembered, one per screen. */
  name: string;
  /** A narrow column before the list, such as the facets. */
  side?: ReactNode;
  /** The list. */
  list: ReactNode;
  /** The detail; nothing gives the list the whole width. */
  detail: ReactNode | null;
  /** What the detail is, for screen readers; "Details" if not said. */
  detailLabel?: string;
  /** Called by Esc while the detail is open. */
  onClose?: () => void;
  /** The width of the detail at first, in pixels; 528 if not said. */
  width?: number;
  /** The least width of the detail; 360 if not said. */
  min?: number;
  /** The least width of the list; 320 if not said. */
  minList?: number;
}

/** The width that fits: the list keeps its least width before the detail gets its own. */
export function fitting(wanted: number, whole: number, min: number, minList: number): number {
  const most = Math.max(min, whole - minList);
  return Math.round(Math.min(most, Math.max(min, wanted)));
}

export function Split(props: SplitProps) {
  const {
    name,
    side,
    list,
    detail,
    detailLabel = "Details",
    onClose,
    width = 528,
    min = 360,
    minList = 320,
  } = props;
  const [panes, setPanes] = usePreference("panes");
  const [dragged, setDragged] = useState<number | null>(null);
  const [whole, setWhole] = useState(0);
  const box = useRef<HTMLDivElement>(null);
  const open = detail !== null && detail !== undefined && detail !== false;

  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const observer = new ResizeObserver(() => setWhole(element.clientWidth));
    setWhole(element.clientWidth);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  useKeys("Page", [{ keys: "Escape", label: "Close the detail", run: () => onClose?.() }], open && !!onClose);

  const wanted = dragged ?? panes[name] ?? width;
  const shown = whole === 0 ? wanted : fitting(wanted, whole, min, minList);
  const keep = (next: number) =>
    setPanes({ ...panes, [name]: fitting(next, whole || next + minList, min, minList) });

  const onPointerDown = (event: PointerEvent<HTMLDivElement>) => {
    if (event.button !== 0) return;
    event.preventDefault();
    event.currentTarget.setPointerCapture(event.pointerId);
    setDragged(shown);
  };
  const onPointerMove = (event: PointerEvent<HTMLDivElement>) => {
    const right = box.current?.getBoundingClientRect().right;
    if (dragged !== null && right !== undefined)
      setDragged(fitting(right - event.clientX, whole, min, minList));
  };
  const onPointerUp = () => {
    if (dragged !== null) keep(dragged);
    setDragged(null);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const next = { ArrowLeft: shown + STEP, ArrowRight: shown - STEP, Home: whole, End: min }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    keep(next);
  };

  return (
    <div className={css.split} ref={box}>
      {side && <div className={css.side}>{side}</div>}
      <div className={css.list}>{list}</div>
      {open && (
        <>
          {/* biome-ignore lint/a11y/useSemanticElements: a rule cannot be focused and moved. */}
          <div
            className={dragged === null ? css.edge : `${css.edge} ${css.moving}`}
            role="separator"
            aria-orientation="vertical"
            aria-label="Width of the detail"
            aria-valuenow={shown}
            aria-valuemin={min}
            aria-valuemax={Math.max(min, whole - minList)}
            tabIndex={0}
            onPointerDown={onPointerDown}
            onPointerMove={onPointerMove}
            onPointerUp={onPointerUp}
            onPointerCancel={onPointerUp}
            onDoubleClick={() => keep(width)}
            onKeyDown={onKeyDown}
          />
          <section className={css.detail} style={{ width: shown }} aria-label={detailLabel}>
            {detail}
          </section>
        </>
      )}
    </div>
  );
}
