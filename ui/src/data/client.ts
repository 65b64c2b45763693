// The query cache: refreshed by hints and, in case a hint is lost, by polling every two seconds while
// the window is visible.

import { QueryClient } from "@tanstack/react-query";
import { onChanged, type Problem } from "~/api";

/** The polling interval of a visible query, in milliseconds. */
export const POLL_MS = 2000;
/** The minimum interval between refreshes by hints, in milliseconds. */
export const HINT_MS = 100;

declare module "@tanstack/react-query" {
  interface Register {
    defaultError: Problem;
    queryMeta: { live?: boolean };
  }
}

export function newClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        retry: false,
        staleTime: 1000,
        gcTime: 60_000,
        networkMode: "always",
        refetchOnWindowFocus: "always",
      },
      mutations: { retry: false, networkMode: "always" },
    },
  });
}

/** Refreshes the visible queries on a hint: immediately, then at most every `HINT_MS`. A query that is in * flight during a hint is refetched once it is done. Returns a function that stops.
 */
export function followHints(
  client: QueryClient,
  listen: (changed: () => void) => () => void = onChanged,
): () => void {
  const cache = client.getQueryCache();
  const late = new Set<string>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let pending = false;

  const refresh = () => {
    timer = setTimeout(() => {
      timer = undefined;
      if (pending) refresh();
    }, HINT_MS);
    pending = false;
    for (const query of cache.findAll({ type: "active" })) {
      if (query.meta?.live === false) continue;
      if (query.state.fetchStatus !== "idle") late.add(query.queryHash);
      else void client.invalidateQueries({ queryKey: query.queryKey, exact: true });
    }
    void client.invalidateQueries({
      type: "inactive",
      refetchType: "none",
      predicate: (query) => query.meta?.live !== false,
    });
  };
  const hint = () => {
    if (timer === undefined) refresh();
    else pending = true;
  };
  const unsubscribe = cache.subscribe((event) => {
    if (event.type !== "updated") return;
    if (event.query.state.fetchStatus !== "idle" || !late.delete(event.query.queryHash)) return;
    hint();
  });
  const unlisten = listen(hint);
  return () => {
    unlisten();
    unsubscribe();
    clearTimeout(timer);
  };
}
