import { skipToken, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useTRPC } from "@/trpc/client.tsx";
import { isActive, type Run } from "./run-words.ts";

const POLL_MS = 1_000;
// The server shares one count of all users among the calls of five seconds.
const COUNTED_FOR_MS = 5_000;

/** The run to show, asked for once a second while it is under way and not at all otherwise. */
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

  // One that was just started may have ended before it is seen for the first time.
  const active = query.data ? isActive(query.data) : followed !== undefined;
  useEffect(() => {
    if (!active) return;
    // When it is over the other numbers have changed; what comes at once may have been counted before the end.
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
      // It may be the one that is shown: one that failed goes on.
      void queryClient.invalidateQueries(trpc.sync.run.queryFilter({ runId }));
    },
    /** Follows a run that an answer has just told all of. */
    show(run: Run) {
      queryClient.setQueryData(trpc.sync.run.queryKey({ runId: run.report.runId }), run);
      setFollowed(run.report.runId);
      void queryClient.invalidateQueries(trpc.sync.runs.queryFilter());
    },
  };
}
