import { skipToken, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { useTRPC } from "@/trpc/client.tsx";
import { isActive } from "./run-labels.ts";

const POLL_MS = 1_000;
// The server caches its count of all users for five seconds.
const COUNTED_FOR_MS = 5_000;

/**
 * A run, polled once a second while it is in progress, and not at all otherwise.
 *
 * @param isListedActive whether the caller's list shows it in progress: a short run ends before it is ever polled
 */
export function useFollowedRun(runId: string | undefined, isListedActive = false) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const query = useQuery(
    trpc.sync.run.queryOptions(runId === undefined ? skipToken : { runId }, {
      staleTime: 0,
      refetchInterval: ({ state }) => (state.data && isActive(state.data) ? POLL_MS : false),
    }),
  );

  const active = query.data === undefined ? isListedActive : isActive(query.data);
  useEffect(() => {
    if (!active) return;
    // The end of a run changes the other numbers, too. The first refetch may still get the cached count.
    return () => {
      const refresh = () => {
        void queryClient.invalidateQueries(trpc.sync.status.queryFilter());
        void queryClient.invalidateQueries(trpc.sync.activity.queryFilter());
      };
      refresh();
      setTimeout(refresh, COUNTED_FOR_MS);
      void queryClient.invalidateQueries(trpc.sync.runs.queryFilter());
    };
  }, [active, queryClient, trpc]);
  return query;
}
