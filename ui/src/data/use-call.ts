// Commands as hooks: `useCall` asks and keeps asking, `useAct` does something once.
import { notifications } from "@mantine/notifications";
import {
  keepPreviousData,
  type UseQueryResult,
  useMutation,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";
import { type Command, call, type Input, type InputArgs, type Output, Problem } from "../api";
import { POLL_MS, refresh } from "./client";

/** How a question is asked. */
export interface CallOptions {
  /** Whether to ask at all; true if not said. */
  enabled?: boolean;
  /** What cannot change while the program runs: asked once, never polled. */
  still?: boolean;
  /** Shows the answer to the last input until the next one is there. */
  keep?: boolean;
  /** How often to ask again, in milliseconds; 2000 if not said, false for never. */
  pollMs?: number | false;
}

/** Asks the program, and again when something changed or two seconds have passed. The error is
 * always a {@link Problem}. */
export function useCall<K extends Command>(
  name: K,
  input: Input<K>,
  options: CallOptions = {},
): UseQueryResult<Output<K>, Problem> {
  const { enabled = true, still = false, keep = false, pollMs = POLL_MS } = options;
  return useQuery<Output<K>, Problem, Output<K>, readonly unknown[]>({
    queryKey: [name, input],
    queryFn: () => call(name, ...([input] as InputArgs<K>)),
    enabled,
    meta: { still },
    staleTime: still ? Number.POSITIVE_INFINITY : 0,
    refetchInterval: still ? false : pollMs,
    // biome-ignore lint/suspicious/noExplicitAny: the library types its placeholder by a conditional type.
    placeholderData: keep ? (keepPreviousData as any) : undefined,
  });
}

/** How something is done. */
export interface ActOptions<K extends Command> {
  /** What the toast says when it is done; none if not said. */
  done?: string | ((output: Output<K>, input: Input<K>) => string);
  /** Called when it is done. */
  onDone?: (output: Output<K>, input: Input<K>) => void;
}

/** Something that can be done, how it goes, and why it failed. */
export interface Act<K extends Command> {
  /** Does it. Never rejects: answers undefined and sets `problem` when it fails. */
  run(...input: InputArgs<K>): Promise<Output<K> | undefined>;
  /** Whether it is being done. */
  running: boolean;
  /** Why the last try failed; show it where the user asked for it. */
  problem: Problem | null;
  /** Forgets the problem. */
  clear(): void;
}

/** Does something once, tells so in a toast, and refreshes what is on screen. */
export function useAct<K extends Command>(name: K, options: ActOptions<K> = {}): Act<K> {
  const client = useQueryClient();
  const mutation = useMutation<Output<K>, Problem, Input<K>>({
    mutationFn: (input) => call(name, ...([input] as InputArgs<K>)),
    onSuccess: (output, input) => {
      const { done, onDone } = options;
      if (done) notifications.show({ message: typeof done === "string" ? done : done(output, input) });
      onDone?.(output, input);
      refresh(client);
    },
  });
  return {
    run: async (...[input]) => {
      try {
        return await mutation.mutateAsync((input ?? null) as Input<K>);
      } catch {
        return undefined;
      }
    },
    running: mutation.isPending,
    problem: mutation.error ? Problem.from(mutation.error) : null,
    clear: mutation.reset,
  };
}
