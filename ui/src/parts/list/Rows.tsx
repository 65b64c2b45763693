// A list of any length: rows of 32 pixels, of which only those in sight exist. The list never moves
// what the reader editorTheme at when rows come in above.

import { IconArrowUp } from "@tabler/icons-react";
import { type ColumnDef, columnVisibilityFeature, tableFeatures, useTable } from "@tanstack/react-table";
import { useVirtualizer } from "@tanstack/react-virtual";
import {
  type CSSProperties,
  type KeyboardEvent,
  memo,
  type ReactNode,
  useCallback,
  useEffect,
  useId,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from "react";
import type { Problem } from "~/api";
import { useShortcuts } from "~/keys";
import { ProblemBox } from "../feedback/ProblemBox";
import { count } from "../format";
import { type Anchor, anchorAt, shiftOf } from "./anchor";
import css from "./Rows.module.css";

/** A row's data: an object, as every listing command returns. */
type Item = object;

/** A column. Keep the array at module level or in a memo: rows are rendered again when it changes. */
export interface Column<T extends Item> {
  id: string;
  header: ReactNode;
  /** A track of a CSS grid: `62px`, `1fr`, `minmax(120px, 2fr)`. */
  width: string;
  cell: (row: T) => ReactNode;
  /** For numbers. */
  align?: "end";
}

export interface RowsProps<T extends Item> {
  /** The name of the list for screen readers: `Deliveries`. */
  label: string;
  rows: readonly T[];
  columns: readonly Column<T>[];
  rowId: (row: T) => string;
  /** Hidden columns, by id. */
  hidden?: readonly string[];
  /** The selected row. */
  selected?: string | null;
  /** `j`, `k`, arrows, Home, End, Page keys and clicks move there. */
  onSelect?: (id: string) => void;
  /** Enter and double clicks open it. */
  onOpen?: (id: string) => void;
  /** As returned by `usePages`: `<Rows {...pages} … />`. */
  hasMore?: boolean;
  more?: () => void;
  loading?: boolean;
  error?: Problem | null;
  /** Shown for an empty list: an `Empty`. */
  empty?: ReactNode;
  /** Called with the first visible row when it changes. */
  onSee?: (first: number) => void;
  /** The total number of rows, if known. */
  total?: number;
  /** The height of a row in pixels; 32 by default. */
  height?: number;
  /** Takes `j`, `k` and Enter from anywhere on the page; `true` by default. One list per page has them. */
  keys?: boolean;
  /** Lets new rows push down the rows at the top, as in a live log; a scrolled list still stays in place. */
  flow?: boolean;
}

const HEAD = 28;
const features = tableFeatures({ columnVisibilityFeature });
type Features = typeof features;

export function Rows<T extends Item>(props: RowsProps<T>) {
  const { label, rows, columns, rowId, hidden, selected = null, onSelect, onOpen, height = 32 } = props;
  const {
    hasMore = false,
    more,
    loading = false,
    error,
    empty,
    total,
    onSee,
    keys = true,
    flow = false,
  } = props;
  const base = useId();
  const scroller = useRef<HTMLDivElement>(null);
  const anchor = useRef<Anchor | null>(null);
  // How many new rows are above the visible ones, and how many pixels the list still has to scroll for
  // them.
  const [above, setAbove] = useState(0);
  const pendingScroll = useRef(0);

  const definitions = useMemo(
    () =>
      columns.map(
        ({ id, header, cell }): ColumnDef<Features, T, unknown> => ({
          id,
          header: () => header,
          cell: ({ row }) => cell(row.original),
        }),
      ),
    [columns],
  );
  const columnVisibility = useMemo(
    () => Object.fromEntries((hidden ?? []).map((id) => [id, false])),
    [hidden],
  );
  const table = useTable({
    features,
    columns: definitions,
    data: rows as T[],
    getRowId: rowId,
    state: { columnVisibility },
  });
  const model = table.getRowModel().rows;
  const place = useMemo(() => new Map(rows.map((row, index) => [rowId(row), index])), [rows, rowId]);
  const shown = useMemo(() => columns.filter((c) => !hidden?.includes(c.id)), [columns, hidden]);
  const tracks = useMemo(() => ({ gridTemplateColumns: shown.map((c) => c.width).join(" ") }), [shown]);

  // Stable functions: with new ones, every row is measured again.
  const estimateSize = useCallback(() => height, [height]);
  const getItemKey = useCallback((index: number) => model[index]?.id ?? index, [model]);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize,
    overscan: 12,
    scrollMargin: HEAD,
    scrollPaddingStart: HEAD,
    getItemKey,
  });
  const items = virtual.getVirtualItems();

  // Rows added above push the others down; scrolling by as much keeps them in place.
  useLayoutEffect(() => {
    const box = scroller.current;
    if (!box) return;
    const held = anchor.current;
    const following = box.scrollTop <= 0 && (flow || held === null || !engaged(box, selected));
    const shift = held ? shiftOf(held, place) : 0;
    if (shift !== 0 && !following) {
      if (shift < 0) box.scrollTop += shift * height;
      else pendingScroll.current += shift * height;
      setAbove((n) => Math.max(0, n + shift));
    }
    anchor.current = anchorAt(rows, rowId, Math.floor((box.scrollTop + pendingScroll.current) / height));
  }, [rows, rowId, place, height, flow, selected]);

  // Scrolled only once there is room for it: a list that fits its box grows for the rows above.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the pending scroll changes with the rows above
  useLayoutEffect(() => {
    if (scroller.current && pendingScroll.current !== 0) scroller.current.scrollTop += pendingScroll.current;
    pendingScroll.current = 0;
  }, [above]);

  const first = items[0]?.index ?? 0;
  useEffect(() => onSee?.(first), [onSee, first]);
  const last = items.at(-1)?.index ?? -1;
  useEffect(() => {
    if (hasMore && last >= rows.length - 20) more?.();
  }, [hasMore, more, last, rows.length]);

  const at = selected === null ? undefined : place.get(selected);
  const go = (index: number) => {
    const row = rows[Math.min(Math.max(index, 0), rows.length - 1)];
    if (row === undefined) return;
    virtual.scrollToIndex(place.get(rowId(row)) ?? 0, { align: "auto" });
    onSelect?.(rowId(row));
  };
  const step = (by: number) => go(at === undefined ? (items.find(inSight)?.index ?? 0) : at + by);
  const inSight = (item: { start: number }) => item.start - HEAD >= (scroller.current?.scrollTop ?? 0);
  const open = () => {
    if (selected === null || at === undefined || !onOpen) return false;
    onOpen(selected);
    return true;
  };
  useShortcuts("List", [
    { keys: "j", label: "Next row", run: () => step(1), enabled: keys && onSelect !== undefined },
    { keys: "k", label: "Previous row", run: () => step(-1), enabled: keys && onSelect !== undefined },
    { keys: "Enter", label: "Open row", run: open, enabled: keys && onOpen !== undefined },
  ]);
  const press = (event: KeyboardEvent<HTMLDivElement>) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const page = Math.max(1, Math.floor(((scroller.current?.clientHeight ?? 0) - HEAD) / height) - 1);
    const moves: Record<string, () => void> = {
      ArrowDown: () => step(1),
      ArrowUp: () => step(-1),
      PageDown: () => step(page),
      PageUp: () => step(-page),
      Home: () => go(0),
      End: () => go(rows.length - 1),
      Enter: open,
    };
    const move = moves[event.key];
    if (!move || event.target !== event.currentTarget) return;
    event.preventDefault();
    move();
  };

  // The number of new rows is shown in the header, in the first flexible column, never over a row.
  const flexible = shown.find(({ width }) => width.includes("fr"));
  // A short list could not scroll past the new rows.
  const minHeightFor = (rows: number) =>
    rows === 0 ? 0 : (scroller.current?.clientHeight ?? 0) - HEAD + rows * height;
  const rowDomId = (id: string) => `${base}-${id}`;
  return (
    <div className={css.frame}>
      {/* biome-ignore lint/a11y/useSemanticElements: a table cannot hold virtual rows */}
      <div
        ref={scroller}
        className={css.scroller}
        role="grid"
        tabIndex={0}
        aria-label={label}
        aria-rowcount={(total ?? (hasMore ? -2 : rows.length)) + 1}
        aria-colcount={shown.length}
        aria-busy={loading || undefined}
        {...(at !== undefined && selected !== null && items.some((i) => i.index === at)
          ? { "aria-activedescendant": rowDomId(selected) }
          : {})}
        onKeyDown={press}
        onScroll={(event) => {
          const top = event.currentTarget.scrollTop;
          anchor.current = anchorAt(rows, rowId, Math.floor(top / height));
          if (above > 0) setAbove(Math.min(above, Math.ceil(Math.max(0, top) / height)));
        }}
      >
        {/* biome-ignore lint/a11y/useSemanticElements: see above */}
        <div className={css.head} role="rowgroup">
          {/* biome-ignore lint/a11y/useSemanticElements lint/a11y/useFocusableInteractive: see above; the grid has the focus */}
          <div className={css.row} role="row" aria-rowindex={1} style={tracks}>
            {shown.map((column) => (
              // biome-ignore lint/a11y/useSemanticElements lint/a11y/useFocusableInteractive: see above
              <div key={column.id} role="columnheader" data-align={column.align}>
                {column.header}
                {above > 0 && column === flexible && (
                  <button
                    type="button"
                    className={css.above}
                    onClick={() => {
                      if (scroller.current) scroller.current.scrollTop = 0;
                      setAbove(0);
                    }}
                  >
                    <IconArrowUp size={12} stroke={2} aria-hidden="true" />
                    {count(above)} new
                  </button>
                )}
              </div>
            ))}
          </div>
        </div>
        {/* biome-ignore lint/a11y/useSemanticElements: see above */}
        <div
          role="rowgroup"
          className={css.body}
          style={{ height: Math.max(virtual.getTotalSize(), minHeightFor(above)) }}
        >
          {items.map((item) => {
            const row = model[item.index];
            if (!row) return null;
            return (
              <Line
                key={row.id}
                id={row.id}
                domId={rowDomId(row.id)}
                row={row.original}
                columns={shown}
                index={item.index}
                top={item.start - HEAD}
                height={height}
                tracks={tracks}
                selected={row.id === selected}
                onSelect={onSelect}
                onOpen={onOpen}
              />
            );
          })}
        </div>
      </div>
      {rows.length === 0 && !loading && !error && empty && <div className={css.empty}>{empty}</div>}
      {error && (
        <div className={css.problem}>
          <ProblemBox problem={error} />
        </div>
      )}
    </div>
  );
}

/** Whether the reader uses this list: a row is selected, or it has the focus or the pointer. */
function engaged(box: HTMLElement, selected: string | null): boolean {
  return selected !== null || box.matches(":hover") || box.contains(document.activeElement);
}

interface LineProps<T extends Item> {
  id: string;
  domId: string;
  row: T;
  columns: readonly Column<T>[];
  index: number;
  top: number;
  height: number;
  tracks: CSSProperties;
  selected: boolean;
  onSelect: ((id: string) => void) | undefined;
  onOpen: ((id: string) => void) | undefined;
}

function BareLine<T extends Item>({
  id,
  domId,
  row,
  columns,
  index,
  top,
  height,
  tracks,
  selected,
  onSelect,
  onOpen,
}: LineProps<T>) {
  return (
    // biome-ignore lint/a11y/useSemanticElements lint/a11y/useKeyWithClickEvents lint/a11y/useFocusableInteractive: the grid has the focus and the keys
    <div
      id={domId}
      role="row"
      className={css.row}
      aria-rowindex={index + 2}
      aria-selected={selected}
      style={{ ...tracks, height, transform: `translateY(${top}px)` }}
      onClick={() => onSelect?.(id)}
      onDoubleClick={() => onOpen?.(id)}
    >
      {columns.map((column) => (
        // biome-ignore lint/a11y/useSemanticElements lint/a11y/useFocusableInteractive: see above
        <div key={column.id} role="gridcell" data-align={column.align}>
          {column.cell(row)}
        </div>
      ))}
    </div>
  );
}

const Line = memo(BareLine) as typeof BareLine;
