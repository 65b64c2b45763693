// Follows a log: polls the newest page, and loads older pages on demand.

import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useRef, useState } from "react";
import { call, type Given, type Input, type Output, onChanged, Problem } from "~/api";
import type { PagedName, PageOf } from "~/data/useCall";
import {
  dropGone,
  growTail,
  holdTail,
  type KeyOf,
  markAbove,
  renewTail,
  showFresh,
  startTail,
  type Tail,
  trimTail,
} from "./tail";

type Item<K extends PagedName> = Output<K> extends PageOf<infer T> ? T : never;

/** The query of a log. */
export interface TailOptions<K extends PagedName> {
  /** What the log depends on; another key restarts it. */
  key: string;
  /** The input for a page after a cursor; `null` for the newest page. */
  input: (cursor: string | null, limit: number) => Input<K>;
  id: KeyOf<Item<K>>;
  /** Whether new rows wait until `show`; otherwise they are shown immediately. */
  hold?: boolean;
  /** Whether rows stay that no longer match the filter, because they are being read. */
  keepGone?: boolean;
}

/** The log as a screen shows it. */
export interface TailView<T> {
  /** The key of the rows; use it as the list's `key`, so that another log starts at its top. */
  key: string;
  rows: readonly T[];
  /** How many new rows wait, and whether there are more. */
  waiting: number;
  gap: boolean;
  gone: ReadonlySet<string>;
  hasMore: boolean;
  loading: boolean;
  error: Problem | null;
  more: () => void;
  /** Shows the new rows. */
  show: () => void;
  /** Reports the visible rows, so that they are updated too. */
  see: (first: number) => void;
  /** Refreshes now. */
  again: () => void;
}

const PAGE = 100;
const HELD_PAGE = 200;
/** The maximum page size. */
const MOST = 500;
/** The maximum number of rows; older ones are dropped. */
const MAX_ROWS = 3000;
/** The minimum interval between refreshes; hints are more frequent than people read. */
const PACE_MS = 500;
const POLL_MS = 2000;
const NOTHING: readonly never[] = [];
const NONE: ReadonlySet<string> = new Set();

interface KeyedTail<T> {
  key: string;
  tail: Tail<T>;
}

/** Follows a listing command. The rows of the previous key stay until the first page arrives. */
export function useTail<K extends PagedName>(name: K, options: TailOptions<K>): TailView<Item<K>> {
  type T = Item<K>;
  const [log, setKept] = useState<KeyedTail<T> | null>(null);
  const [error, setError] = useState<Problem | null>(null);
  const latest = useRef({ options, log });
  latest.current = { options, log };
  const seen = useRef(0);
  const growing = useRef(false);
  const restart = useRef(false);
  const ask = useCallback(
    async (cursor: string | null, limit: number): Promise<PageOf<T>> => {
      const input = latest.current.options.input(cursor, limit);
      return (await call(name, ...([input] as Given<K>))) as PageOf<T>;
    },
    [name],
  );
  const { key } = options;

  const refresh = useCallback(async () => {
    const asked = latest.current.options;
    const { id } = asked;
    try {
      let page = await ask(null, asked.hold ? HELD_PAGE : PAGE);
      const before = latest.current.log;
      if (latest.current.options.key !== asked.key) return;
      setError(null);
      const start = () => {
        restart.current = false;
        setKept({ key: asked.key, tail: startTail(page, id) });
      };
      if (before?.key !== asked.key || before.tail.rows.length === 0 || restart.current) return start();
      if (!asked.hold && holdTail(before.tail, page, id).gap) {
        page = await ask(null, MOST);
        if (latest.current.options.key !== asked.key) return;
        if (holdTail(before.tail, page, id).gap) return start();
      }
      const below = seen.current + before.tail.fresh.length > PAGE / 2;
      const mark = below ? markAbove(before.tail, seen.current, id) : null;
      const further = mark && (await ask(mark.cursor, PAGE));
      setKept((current) => {
        if (current?.key !== asked.key) return current;
        let tail = holdTail(current.tail, page, id);
        if (further) tail = renewTail(tail, further, mark.after, id);
        const { hold, keepGone = false } = latest.current.options;
        if (!hold) tail = showFresh(tail);
        if (!keepGone) tail = dropGone(tail, id);
        return { ...current, tail: trimTail(tail, Math.max(MAX_ROWS, seen.current + PAGE * 5), id) };
      });
    } catch (thrown) {
      if (latest.current.options.key === asked.key) setError(Problem.from(thrown));
    }
  }, [ask]);

  const poll = usePolling(refresh, key);

  const more = useCallback(() => {
    const { log: now, options: asked } = latest.current;
    if (!now || now.key !== asked.key || now.tail.next === null || growing.current) return;
    growing.current = true;
    ask(now.tail.next, PAGE)
      .then(
        (page) =>
          setKept((current) =>
            current?.key === now.key && current.tail.next === now.tail.next
              ? { ...current, tail: growTail(current.tail, page, asked.id) }
              : current,
          ),
        (thrown: unknown) => setError(Problem.from(thrown)),
      )
      .finally(() => {
        growing.current = false;
      });
  }, [ask]);

  const show = useCallback(() => {
    // With a gap, the log restarts from the newest page.
    if (latest.current.log?.tail.gap) restart.current = true;
    else setKept((current) => current && { ...current, tail: showFresh(current.tail) });
    poll();
  }, [poll]);

  const tail = log?.tail;
  return {
    key: log?.key ?? "",
    rows: tail?.rows ?? NOTHING,
    waiting: tail?.fresh.length ?? 0,
    gap: tail?.gap ?? false,
    gone: tail?.gone ?? NONE,
    hasMore: tail !== undefined && tail.next !== null,
    loading: log === null && error === null,
    error,
    more,
    show,
    see: useCallback((first: number) => {
      seen.current = first;
    }, []),
    again: poll,
  };
}

/** Runs `work` immediately for each key, then on hints and every two seconds, never concurrently. */
function usePolling(work: () => Promise<void>, key: string): () => void {
  const client = useQueryClient();
  const nudge = useRef(() => {});
  // biome-ignore lint/correctness/useExhaustiveDependencies: another key restarts it.
  useEffect(() => {
    let stopped = false;
    let busy = false;
    let again = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const run = async () => {
      clearTimeout(timer);
      if (busy) {
        again = true;
        return;
      }
      busy = true;
      again = false;
      if (document.visibilityState !== "hidden") await work();
      busy = false;
      if (!stopped) timer = setTimeout(run, again ? PACE_MS : POLL_MS);
    };
    let soon: ReturnType<typeof setTimeout> | undefined;
    const hint = () => {
      soon ??= setTimeout(() => {
        soon = undefined;
        void run();
      }, PACE_MS);
    };
    nudge.current = () => void run();
    const unlisten = onChanged(hint);
    // A change made here refreshes the cache; the log follows.
    const unsubscribe = client.getMutationCache().subscribe((event) => {
      if (event.type === "updated" && event.mutation.state.status === "success") void run();
    });
    void run();
    return () => {
      stopped = true;
      clearTimeout(timer);
      clearTimeout(soon);
      unlisten();
      unsubscribe();
    };
  }, [key, work, client]);
  return useCallback(() => nudge.current(), []);
}
