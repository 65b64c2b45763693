// Questions that cost something: asked every few seconds, not on each hint.

import { keepPreviousData, type UseQueryResult, useQuery } from "@tanstack/react-query";
import { call, type Given, type Input, type Name, type Output, type Problem } from "~/api";

/** Asks a command every `ms` while somebody looks, and after every change made here. */
export function usePaced<K extends Name>(
  name: K,
  input: Input<K>,
  ms: number,
  enabled = true,
): UseQueryResult<Output<K>, Problem> {
  return useQuery<Output<K>, Problem>({
    queryKey: [name, "paced", input],
    queryFn: () => call(name, ...([input] as Given<K>)),
    enabled,
    staleTime: ms,
    refetchInterval: ms,
    placeholderData: keepPreviousData,
    meta: { live: false },
  });
}
