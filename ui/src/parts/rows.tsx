// A long list: rows of one fixed height, drawn only where the reader looks.
import { Button } from "@mantine/core";
import { IconArrowUp } from "@tabler/icons-react";
import { type ColumnDef, FlexRender, tableFeatures, useTable } from "@tanstack/react-table";
import { useVirtualizer } from "@tanstack/react-virtual";
import {
  type KeyboardEvent,
  type ReactNode,
  useEffect,
  useId,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from "react";
import type { More } from "../data/use-pages";
import { useKeys } from "../keys";
import { plural } from "../words";
import { anchored } from "./anchor";
import css from "./rows.module.css";

/** The height of the header in pixels. */
const HEAD = 28;
/** How many rows before the end the next page is loaded. */
const NEAR = 20;

const features = tableFeatures({});

/** A column. */
export interface Column<T> {
  id: string;
  /** The heading; may be empty for icons, then give `label`. */
  header: string;
  /** What the column is, for screen readers, when the heading is empty. */
  label?: string;
  /** A CSS grid track: `62px`, `1fr`, `minmax(120px, 2fr)`. */
  width: string;
  /** Where the cell stands; left if not said. */
  align?: "left" | "right";
  /** Whether it is left out. */
  hidden?: boolean;
  cell(row: T): ReactNode;
}

/** What a list shows. */
export interface RowsProps<T extends object> {
  /** What the list holds, for screen readers. */
  label: string;
  rows: readonly T[];
  /** The id of a row; a stable function. */
  id(row: T): string;
  columns: readonly Column<T>[];
  /** The id of the selected row. */
  selected?: string | null;
  /** Called by a click, `j`, `k` and the arrow keys. */
  onSelect?: (row: T) => void;
  /** Called by Enter and a double click. */
  onOpen?: (row: T) => void;
  /** How to load further rows; see `usePages`. */
  more?: More;
  /** What stands there when there are no rows. */
  empty?: ReactNode;
  /** When this changes, another list is shown: it starts at its top. Give it the filters. */
  resetKey?: string;
  /** Whether `j`, `k` and Enter work wherever the focus is; true if not said. One list per page. */
  pageKeys?: boolean;
  /** The height of a row in pixels; 32 if not said. */
  height?: number;
}

export function Rows<T extends object>(props: RowsProps<T>) {
  const { label, rows, id, columns, selected = null, onSelect, onOpen, more, empty } = props;
  const { resetKey = "", pageKeys = true, height = 32 } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const prefix = useId();
  const [newer, setNewer] = useState(0);

  const visible = useMemo(() => columns.filter((column) => !column.hidden), [columns]);
  const defs = useMemo<ColumnDef<typeof features, T>[]>(
    () =>
      visible.map((column) => ({
        id: column.id,
        header: () => column.header,
        cell: ({ row }) => column.cell(row.original),
      })),
    [visible],
  );
  const tracks = visible.map((column) => column.width).join(" ");

  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => height,
    getItemKey: (n) => {
      const row = rows[n];
      return row ? id(row) : n;
    },
    overscan: 12,
    scrollMargin: HEAD,
    scrollPaddingStart: HEAD,
    initialRect: { width: 0, height: 800 },
  });
  const items = virtual.getVirtualItems().filter((item) => item.index < rows.length);
  // The table holds only what is drawn, so that a million rows cost no more than a hundred.
  const first = items[0]?.index ?? 0;
  const end = first + items.length;
  const drawn = useMemo(() => rows.slice(first, end), [rows, first, end]);
  const table = useTable({ features, columns: defs, data: drawn, getRowId: (row: T) => id(row) });
  const tableRows = table.getRowModel().rows;

  // What the reader looks at stays where it is.
  const before = useRef<{ ids: string[]; reset: string }>({ ids: [], reset: resetKey });
  useLayoutEffect(() => {
    const element = scroller.current;
    const ids = rows.map(id);
    const { ids: old, reset } = before.current;
    before.current = { ids, reset: resetKey };
    if (!element) return;
    if (reset !== resetKey) {
      element.scrollTop = 0;
      setNewer(0);
      return;
    }
    const next = anchored(old, ids, element.scrollTop, height);
    if (next.top !== element.scrollTop) element.scrollTop = next.top;
    if (next.above > 0) setNewer((n) => n + next.above);
  }, [rows, id, resetKey, height]);

  // The next page comes before the reader needs it.
  const lastDrawn = items.at(-1)?.index ?? -1;
  const near = lastDrawn >= rows.length - NEAR;
  const wantsMore = !!more && more.available && !more.loading && !more.problem && near && rows.length > 0;
  useEffect(() => {
    if (wantsMore) more?.load();
  }, [wantsMore, more]);

  const at = useMemo(
    () => (selected === null ? -1 : rows.findIndex((row) => id(row) === selected)),
    [rows, id, selected],
  );
  const select = (n: number) => {
    const index = Math.min(rows.length - 1, Math.max(0, n));
    const row = rows[index];
    if (!row || !onSelect) return;
    virtual.scrollToIndex(index, { align: "auto" });
    onSelect(row);
  };
  const topRow = () => Math.ceil((scroller.current?.scrollTop ?? 0) / height);
  const page = () => Math.max(1, Math.floor(((scroller.current?.clientHeight ?? 0) - HEAD) / height) - 1);
  const down = () => select(at < 0 ? topRow() : at + 1);
  const up = () => select(at < 0 ? topRow() : at - 1);
  const open = () => {
    const row = rows[at];
    if (!row || !onOpen) return false;
    onOpen(row);
    return true;
  };
  useKeys(
    "List",
    [
      { keys: "j", label: "Next row", run: down },
      { keys: "k", label: "Row before", run: up },
      ...(onOpen ? [{ keys: "Enter", label: "Open the row", run: open }] : []),
    ],
    pageKeys && !!onSelect,
  );
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey || event.altKey) return;
    const moves: Record<string, () => void> = {
      ArrowDown: down,
      ArrowUp: up,
      Home: () => select(0),
      End: () => select(rows.length - 1),
      PageDown: () => select((at < 0 ? topRow() : at) + page()),
      PageUp: () => select((at < 0 ? topRow() : at) - page()),
      Enter: open,
    };
    const move = moves[event.key];
    if (!move || !onSelect) return;
    event.preventDefault();
    move();
  };

  const rowId = (key: string) => `${prefix}${key}`;
  const isDrawn = items.some((item) => item.index === at);
  return (
    <div className={css.frame}>
      <div
        ref={scroller}
        className={css.scroller}
        role="grid"
        aria-label={label}
        aria-rowcount={more?.available ? -1 : rows.length + 1}
        aria-activedescendant={isDrawn && selected !== null ? rowId(selected) : undefined}
        tabIndex={0}
        onKeyDown={onKeyDown}
        onScroll={(event) => {
          const n = Math.ceil(event.currentTarget.scrollTop / height);
          if (n < newer) setNewer(n);
        }}
      >
        <div role="rowgroup" className={css.head}>
          {table.getHeaderGroups().map((group) => (
            <div
              key={group.id}
              role="row"
              aria-rowindex={1}
              className={css.row}
              style={{ gridTemplateColumns: tracks }}
            >
              {group.headers.map((header, n) => (
                <div key={header.id} role="columnheader" className={cell(visible[n])}>
                  {visible[n]?.header ? (
                    <FlexRender header={header} />
                  ) : (
                    <span className="seen-by-readers">{visible[n]?.label}</span>
                  )}
                </div>
              ))}
            </div>
          ))}
        </div>
        <div role="rowgroup" className={css.body} style={{ height: virtual.getTotalSize() }}>
          {items.map((item) => {
            const row = tableRows[item.index - first];
            if (!row) return null;
            const isSelected = row.id === selected;
            return (
              // biome-ignore lint/a11y/useKeyWithClickEvents: the grid takes the keys for its rows.
              <div
                key={item.key}
                id={rowId(row.id)}
                role="row"
                aria-rowindex={item.index + 2}
                aria-selected={isSelected}
                className={isSelected ? `${css.row} ${css.selected}` : css.row}
                style={{
                  gridTemplateColumns: tracks,
                  height,
                  transform: `translateY(${item.start - HEAD}px)`,
                }}
                onClick={() => onSelect?.(row.original)}
                onDoubleClick={() => onOpen?.(row.original)}
              >
                {row.getAllCells().map((tableCell, n) => (
                  <div key={tableCell.id} role="gridcell" className={cell(visible[n])}>
                    <FlexRender cell={tableCell} />
                  </div>
                ))}
              </div>
            );
          })}
        </div>
        {more?.problem && (
          <div className={css.end}>
            <span>{more.problem.message}</span>
            <Button onClick={() => more.load()}>Load further rows</Button>
          </div>
        )}
      </div>
      {rows.length === 0 && empty && <div className={css.empty}>{empty}</div>}
      {newer > 0 && (
        <button
          type="button"
          className={css.newer}
          onClick={() => {
            setNewer(0);
            if (scroller.current) scroller.current.scrollTop = 0;
          }}
        >
          <IconArrowUp aria-hidden size={13} stroke={2} />
          {plural(newer, "new row")} above
        </button>
      )}
    </div>
  );
}

function cell<T>(column: Column<T> | undefined): string | undefined {
  return column?.align === "right" ? `${css.cell} ${css.right}` : css.cell;
}
