"use client";

import type { DirectoryStatus } from "@rollcall/sync";
import { useMutation, useQuery } from "@tanstack/react-query";
import { History, UsersRound } from "lucide-react";
import { Button } from "@/components/ui/button.tsx";
import { Card, CardAction, CardContent, CardDescription, CardHeader, CardTitle } from "@/components/ui/card.tsx";
import { useTRPC } from "@/trpc/client.tsx";
import type { ErrorCatalog } from "../error-catalog.ts";
import { FailureAlert } from "../failure-alert.tsx";
import { AwaitingConfirmation } from "./awaiting-confirmation.tsx";
import { CancelRun } from "./cancel-run.tsx";
import { PastRuns } from "./past-runs.tsx";
import { isActive, isWaiting, pastRuns } from "./run-labels.ts";
import { RunProgress } from "./run-progress.tsx";
import { useFollowedRun } from "./use-followed-run.ts";

/** Starts runs over all users, shows the one in progress, and asks before many users are marked as deleted. */
export function RunsCard({ directory, errorCatalog }: { directory: DirectoryStatus; errorCatalog: ErrorCatalog }) {
  const trpc = useTRPC();
  const { runId, query, follow, show } = useFollowedRun(directory.lastRun?.runId);
  const start = useMutation(trpc.sync.syncAll.mutationOptions({ onSuccess: (started) => follow(started.runId) }));
  const past = useQuery(trpc.sync.runs.queryOptions(pastRuns));
  const run = query.data;
  const active = run !== undefined && isActive(run);
  // Newer incremental runs may have started since.
  const waiting =
    run && isWaiting(run) ? run : past.data?.items.find((each) => isWaiting(each) && each.report.runId !== runId);

  return (
    <>
      <Card aria-labelledby="all-users-title">
        <CardHeader className="max-sm:has-data-[slot=card-action]:grid-cols-1">
          <CardTitle id="all-users-title">All users</CardTitle>
          <CardDescription>
            “All users” reads the whole directory at Clerk, writes what differs here, and finds deleted users. “Changes”
            reads only what changed since the last run.
          </CardDescription>
          <CardAction className="flex flex-wrap gap-2 max-sm:col-start-1 max-sm:row-start-3 max-sm:mt-2 max-sm:justify-self-start">
            {active ? (
              <CancelRun runId={run.report.runId} onCancelled={show} />
            ) : (
              <>
                <Button onClick={() => start.mutate({ kind: "full" })} disabled={start.isPending}>
                  <UsersRound aria-hidden="true" />
                  {start.isPending ? "Starting…" : "Sync all users"}
                </Button>
                <Button
                  variant="outline"
                  onClick={() => start.mutate({ kind: "incremental" })}
                  disabled={start.isPending}
                >
                  <History aria-hidden="true" />
                  Sync changes
                </Button>
              </>
            )}
          </CardAction>
        </CardHeader>
        <CardContent className="grid gap-4">
          {start.error && <FailureAlert error={start.error} />}
          {waiting && <AwaitingConfirmation run={waiting} live={directory.live} onDecided={show} />}
          {start.data?.joined && active && (
            <p role="status" className="text-sm text-muted-foreground">
              A run was already in progress. You see its progress.
            </p>
          )}
          {run ? (
            <RunProgress run={run} errorCatalog={errorCatalog} />
          ) : (
            runId === undefined && <p className="text-sm text-muted-foreground">No run yet.</p>
          )}
          {query.error && <FailureAlert error={query.error} onRetry={() => query.refetch()} />}
        </CardContent>
      </Card>
      {past.data && <PastRuns runs={past.data.items} errorCatalog={errorCatalog} />}
      {past.error && <FailureAlert error={past.error} onRetry={() => past.refetch()} />}
    </>
  );
}
