import { skipToken, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useTRPC } from "@/trpc/client.tsx";
import { isActive, type Run } from "./run-labels.ts";

const POLL_MS = 1_000;
// The server caches its count of all users for five seconds.
const COUNTED_FOR_MS = 5_000;

/** The run to show. It is polled once a second while it is in progress, and not at all otherwise. */
export function useFollowedRun(lastRunId: string | undefined) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [followed, setFollowed] = useState<string>();
  const runId = followed ?? lastRunId;
  const query = useQuery(
    trpc.sync.run.queryOptions(runId === undefined ? skipToken : { runId }, {
      staleTime: 0,
      refetchInterval: ({ state }) => (state.data && isActive(state.data) ? POLL_MS : false),
    }),
  );

  // A run that was just started may end before its first poll.
  const active = query.data ? isActive(query.data) : followed !== undefined;
  useEffect(() => {
    if (!active) return;
    // The end of a run changes the other numbers, too. The first refetch may still get the cached count.
    return () => {
      const refresh = () => void queryClient.invalidateQueries(trpc.sync.status.queryFilter());
      refresh();
      setTimeout(refresh, COUNTED_FOR_MS);
      void queryClient.invalidateQueries(trpc.sync.runs.queryFilter());
    };
  }, [active, queryClient, trpc]);

  return {
    runId,
    query,
    follow(runId: string) {
      setFollowed(runId);
      // It may be the run on display: a failed run resumes.
      void queryClient.invalidateQueries(trpc.sync.run.queryFilter({ runId }));
    },
    /** Follows a run that a mutation has just returned. */
    show(run: Run) {
      queryClient.setQueryData(trpc.sync.run.queryKey({ runId: run.report.runId }), run);
      setFollowed(run.report.runId);
      void queryClient.invalidateQueries(trpc.sync.runs.queryFilter());
    },
  };
}
