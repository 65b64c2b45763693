// Expensive queries: polled every few seconds, not refreshed on each hint.

import { keepPreviousData, type UseQueryResult, useQuery } from "@tanstack/react-query";
import { call, type Given, type Input, type Name, type Output, type Problem } from "~/api";

/** Calls a command every `ms` while the window is visible, and after every change made here. */
export function usePolled<K extends Name>(
  name: K,
  input: Input<K>,
  ms: number,
  enabled = true,
): UseQueryResult<Output<K>, Problem> {
  return useQuery<Output<K>, Problem>({
    queryKey: [name, "polled", input],
    queryFn: () => call(name, ...([input] as Given<K>)),
    enabled,
    staleTime: ms,
    refetchInterval: ms,
    placeholderData: keepPreviousData,
    meta: { live: false },
  });
}
