// The one query client. The program is on this machine, so an answer is never kept for long and a
// failure is told at once.
import { QueryClient } from "@tanstack/react-query";
import { onChanged } from "../api";

/** How often what is on screen is asked again, in milliseconds: a lost hint heals. */
export const POLL_MS = 2000;
/** How long hints are held back, in milliseconds: at most ten a second. */
export const BETWEEN_HINTS_MS = 100;

/** A client with the rules of the window. */
export function createClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: { retry: false, staleTime: 0, gcTime: 60_000, networkMode: "always" },
      mutations: { retry: false, networkMode: "always" },
    },
  });
}

/** Asks again for everything on screen that can change, unless it is being asked already. */
export function refresh(client: QueryClient): void {
  void client.invalidateQueries(
    { predicate: (query) => query.meta?.still !== true },
    { cancelRefetch: false },
  );
}

/** Refreshes when the program hints that something changed. Answers how to stop. */
export function followHints(client: QueryClient): () => void {
  const hint = atMostEvery(BETWEEN_HINTS_MS, () => refresh(client));
  const stop = onChanged(hint.call);
  return () => {
    stop();
    hint.cancel();
  };
}

/** Runs at once, then at most once in `ms`; the last call is never lost. */
export function atMostEvery(ms: number, run: () => void): { call(): void; cancel(): void } {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let again = false;
  const fire = () => {
    again = false;
    run();
    timer = setTimeout(() => {
      timer = undefined;
      if (again) fire();
    }, ms);
  };
  return {
    call: () => {
      if (timer === undefined) fire();
      else again = true;
    },
    cancel: () => clearTimeout(timer),
  };
}
