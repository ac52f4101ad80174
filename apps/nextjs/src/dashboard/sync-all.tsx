"use client";

import { skipToken, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { UsersRound } from "lucide-react";
import { useEffect } from "react";
import { Button } from "@/components/ui/button.tsx";
import { Card, CardAction, CardContent, CardDescription, CardHeader, CardTitle } from "@/components/ui/card.tsx";
import { useTRPC } from "@/trpc/client.tsx";
import { FailureAlert } from "./failure-alert.tsx";
import { isActive, RunReport } from "./run-report.tsx";

const POLL_MS = 1_000;
// The server shares one count of all users among the calls of five seconds.
const COUNTED_FOR_MS = 5_000;

/** Starts a run over all users, and follows it; or the one that somebody else has started. */
export function SyncAll({ lastRunId }: { lastRunId: string | undefined }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const syncAll = useMutation(trpc.sync.syncAll.mutationOptions());
  const runId = syncAll.data?.runId ?? lastRunId;
  const run = useQuery(
    trpc.sync.run.queryOptions(runId === undefined ? skipToken : { runId }, {
      staleTime: 0,
      refetchInterval: ({ state }) => (state.data && isActive(state.data.report.state) ? POLL_MS : false),
    }),
  );

  const active = run.data !== undefined && isActive(run.data.report.state);
  useEffect(() => {
    if (!active) return;
    // When it is over the numbers above have changed; what comes at once may have been counted before the end.
    return () => {
      const refresh = () => void queryClient.invalidateQueries(trpc.sync.status.queryFilter());
      refresh();
      setTimeout(refresh, COUNTED_FOR_MS);
    };
  }, [active, queryClient, trpc]);

  return (
    <Card aria-labelledby="sync-all-title">
      <CardHeader className="max-sm:has-data-[slot=card-action]:grid-cols-1">
        <CardTitle id="sync-all-title">All users</CardTitle>
        <CardDescription>Reads the whole directory at Clerk, and writes what differs here.</CardDescription>
        <CardAction className="max-sm:col-start-1 max-sm:row-start-3 max-sm:mt-2 max-sm:justify-self-start">
          <Button onClick={() => syncAll.mutate()} disabled={syncAll.isPending}>
            <UsersRound aria-hidden="true" />
            {syncAll.isPending ? "Starting…" : "Sync all users"}
          </Button>
        </CardAction>
      </CardHeader>
      <CardContent className="grid gap-4">
        {syncAll.error && <FailureAlert error={syncAll.error} />}
        {syncAll.data?.joined && active && (
          <p role="status" className="text-sm text-muted-foreground">
            A run was under way already. You see its progress.
          </p>
        )}
        {run.data ? (
          <RunReport run={run.data} />
        ) : (
          runId === undefined && <p className="text-sm text-muted-foreground">No run yet.</p>
        )}
        {run.error && <FailureAlert error={run.error} onRetry={() => run.refetch()} />}
      </CardContent>
    </Card>
  );
}
