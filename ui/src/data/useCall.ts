// Commands as server state: `useCall` queries, `usePages` queries page by page, `useAct` mutates.

import { notifications } from "@mantine/notifications";
import {
  type InfiniteData,
  keepPreviousData,
  type UseInfiniteQueryResult,
  type UseMutationResult,
  type UseQueryResult,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";
import { useMemo } from "react";
import { call, type Given, type Input, type Name, type Output, type Problem } from "~/api";
import { POLL_MS } from "./client";

/** The options of a query. */
export interface CallOptions {
  /** Disabled while `false`. */
  enabled?: boolean;
  /** Whether hints and polling refresh it; `true` by default. */
  live?: boolean;
  /** Shows the previous result while another input is loading; `true` by default. */
  keep?: boolean;
}

/** The cache key of a query. */
export const callKey = <K extends Name>(name: K, input: Input<K>) => [name, input] as const;

/** Queries a command and keeps the result fresh. `error` is a `Problem`; show it with `ProblemBox`. */
export function useCall<K extends Name>(
  name: K,
  input: Input<K>,
  { enabled = true, live = true, keep = true }: CallOptions = {},
): UseQueryResult<Output<K>, Problem> {
  return useQuery<Output<K>, Problem>({
    queryKey: callKey(name, input),
    queryFn: () => call(name, ...([input] as Given<K>)),
    enabled,
    meta: { live },
    ...(live ? { refetchInterval: POLL_MS } : { staleTime: Number.POSITIVE_INFINITY }),
    ...(keep ? { placeholderData: keepPreviousData } : {}),
  });
}

/** A page of a list, as returned by every listing command. */
export interface PageOf<T> {
  items: T[];
  next_cursor: string | null;
}

/** Commands that return a page and take a cursor. */
export type PagedName = {
  [K in Name]: Output<K> extends PageOf<infer _> ? K : never;
}[Name];
type Item<K extends PagedName> = Output<K> extends PageOf<infer T> ? T : never;

/** A list that grows page by page; pass `rows`, `more` and `loading` to `Rows`. */
export interface Pages<T> {
  rows: readonly T[];
  /** Whether there are more pages. */
  hasMore: boolean;
  /** Loads the next page. */
  more: () => void;
  /** Whether the first page is loading. */
  loading: boolean;
  error: Problem | null;
}

const NO_ROWS: readonly never[] = [];
/** With more pages than this loaded, hints are ignored and the list is polled less often. */
const MANY_PAGES = 5;

/** Queries a listing command page by page. `input` returns the input for a cursor (`null` for the first * page); `key` is what the list depends on: the input without its cursor.
 */
export function usePages<K extends PagedName>(
  name: K,
  key: unknown,
  input: (cursor: string | null) => Input<K>,
  { enabled = true, live = true, keep = true }: CallOptions = {},
): Pages<Item<K>> {
  type Result = InfiniteData<PageOf<Item<K>>, string | null>;
  const client = useQueryClient();
  const queryKey = [name, "pages", key];
  const loaded = client.getQueryData<Result>(queryKey)?.pages.length ?? 0;
  const many = loaded > MANY_PAGES;
  const query: UseInfiniteQueryResult<Result, Problem> = useInfiniteQuery({
    queryKey,
    queryFn: async ({ pageParam }) =>
      (await call(name, ...([input(pageParam)] as Given<K>))) as PageOf<Item<K>>,
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    enabled,
    meta: { live: live && !many },
    ...(live ? { refetchInterval: many ? 5 * POLL_MS : POLL_MS } : {}),
    ...(keep ? { placeholderData: keepPreviousData } : {}),
  });
  const { data, hasNextPage, isFetchingNextPage, fetchNextPage } = query;
  const rows = useMemo(() => data?.pages.flatMap((page) => page.items) ?? NO_ROWS, [data]);
  return {
    rows,
    hasMore: hasNextPage,
    more: () => {
      if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
    },
    loading: query.isPending,
    error: query.error,
  };
}

/** What follows a change. */
export interface ActOptions<K extends Name> {
  /** What the toast says when it worked; none if left out. */
  done?: string | ((output: Output<K>, input: Input<K>) => string);
  /** Runs when it worked. */
  after?: (output: Output<K>, input: Input<K>) => void;
}

/**
 * A command that changes something: `act.mutate(input)`, `act.isPending`, `act.error`. Success makes a
 * toast and refreshes everything; an error stays in `error` until the next try, to be shown where it
 * happened, with `ProblemBox` or at the field it names.
 */
export function useAct<K extends Name>(
  name: K,
  { done, after }: ActOptions<K> = {},
): UseMutationResult<Output<K>, Problem, Input<K>> {
  const client = useQueryClient();
  return useMutation<Output<K>, Problem, Input<K>>({
    mutationFn: (input) => call(name, ...([input] as Given<K>)),
    onSuccess: (output, input) => {
      void client.invalidateQueries();
      if (done) toast(typeof done === "string" ? done : done(output, input));
      after?.(output, input);
    },
  });
}

/** Confirms something for four seconds. Never for errors: those stay where they happened. */
export function toast(message: string): void {
  notifications.show({ message, color: "iris", withBorder: true });
}
