// A long list, page by page: the first page at once, further ones when the reader comes near.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { type Command, call, type Input, type InputArgs, type Output, Problem } from "../api";
import { POLL_MS } from "./client";
import { type Loaded, merge, type PageOf, reaches } from "./merge";

/** How many pages are asked anew at most, so that a reader deep in a list costs little. */
const WALK = 4;

/** A command that answers pages and takes a cursor. */
export type PagedCommand = {
  [K in Command]: Output<K> extends PageOf<infer _T>
    ? Input<K> extends { cursor: string | null } | { cursor?: string | null }
      ? K
      : never
    : never;
}[Command];

/** A row of a page of the command. */
export type RowOf<K extends Command> = Output<K> extends PageOf<infer T> ? T : never;

/** What `Rows` needs to load further rows. */
export interface More {
  /** Whether there are further rows. */
  available: boolean;
  /** Whether they are being loaded. */
  loading: boolean;
  /** Why they could not be loaded. */
  problem: Problem | null;
  /** Loads the next page. */
  load(): void;
}

/** The rows that are loaded and how to get further ones. */
export interface Pages<T> {
  rows: readonly T[];
  more: More;
  /** Whether the first page is still being loaded. */
  loading: boolean;
  /** Why the list could not be loaded. */
  problem: Problem | null;
  /** Asks again. */
  retry(): void;
}

/** Lists with a keyset cursor. New rows come in front, changed rows change, and what was loaded
 * stays. `id` must be a stable function. */
export function usePages<K extends PagedCommand>(
  name: K,
  input: Omit<Input<K>, "cursor">,
  id: (row: RowOf<K>) => string,
  options: { enabled?: boolean; pollMs?: number | false } = {},
): Pages<RowOf<K>> {
  type Row = RowOf<K>;
  const client = useQueryClient();
  const key = [name, input, "pages"] as const;
  const ask = async (cursor: string | null) => {
    const args = [{ ...input, cursor }] as unknown as InputArgs<K>;
    return (await call(name, ...args)) as unknown as PageOf<Row>;
  };
  const query = useQuery<Loaded<Row>, Problem>({
    queryKey: key,
    enabled: options.enabled ?? true,
    refetchInterval: options.pollMs ?? POLL_MS,
    queryFn: async ({ signal }) => {
      const old = client.getQueryData<Loaded<Row>>(key);
      const first = await ask(null);
      const fresh: Loaded<Row> = { rows: first.items, next: first.next_cursor };
      for (let page = 1; page < WALK && old && !signal.aborted && !reaches(old, fresh, id); page++) {
        const next = await ask(fresh.next);
        fresh.rows = [...fresh.rows, ...next.items];
        fresh.next = next.next_cursor;
      }
      return merge(client.getQueryData<Loaded<Row>>(key), fresh, id);
    },
  });
  const [state, setState] = useState<{ loading: boolean; problem: Problem | null }>({
    loading: false,
    problem: null,
  });
  const next = query.data?.next ?? null;
  const load = async () => {
    if (next === null || state.loading) return;
    setState({ loading: true, problem: null });
    try {
      const page = await ask(next);
      client.setQueryData<Loaded<Row>>(key, (now) =>
        now && now.next === next ? { rows: [...now.rows, ...page.items], next: page.next_cursor } : now,
      );
      setState({ loading: false, problem: null });
    } catch (thrown) {
      setState({ loading: false, problem: Problem.from(thrown) });
    }
  };
  return {
    rows: query.data?.rows ?? [],
    more: {
      available: next !== null,
      loading: state.loading,
      problem: state.problem,
      load: () => void load(),
    },
    loading: query.isPending,
    problem: query.error,
    retry: () => void query.refetch(),
  };
}
