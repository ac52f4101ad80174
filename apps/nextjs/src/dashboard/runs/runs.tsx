"use client";

import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { FailureAlert } from "@/components/failure-alert.tsx";
import { ListSkeleton } from "@/components/list-skeleton.tsx";
import { Card, CardAction, CardContent, CardHeader, CardTitle } from "@/components/ui/card.tsx";
import { useTRPC } from "@/trpc/client.tsx";
import { AwaitingConfirmation } from "./awaiting-confirmation.tsx";
import { CancelRun } from "./cancel-run.tsx";
import { RunDetails } from "./run-details.tsx";
import { RunHistory } from "./run-history.tsx";
import { isActive, isWaiting, RUNS_PAGE, type Run } from "./run-labels.ts";
import { useFollowedRun } from "./use-followed-run.ts";

/** The run in progress or the last one, the one that waits for an admin, and all earlier ones. */
export function Runs() {
  const trpc = useTRPC();
  const newest = useQuery(trpc.sync.runs.queryOptions(RUNS_PAGE));
  if (!newest.data) {
    if (!newest.error) return <ListSkeleton />;
    return <FailureAlert error={newest.error} onRetry={() => newest.refetch()} />;
  }
  const { items } = newest.data;
  const current = items.find(isActive) ?? items[0];
  // Newer runs of changes may have started since.
  const waiting = items.find(isWaiting);
  return (
    <div className="grid grid-cols-1 gap-6">
      {newest.error && <FailureAlert error={newest.error} onRetry={() => newest.refetch()} />}
      {waiting && <AwaitingConfirmation run={waiting} />}
      {current && <CurrentRun listed={current} />}
      <RunHistory firstPage={newest.data} />
    </div>
  );
}

function CurrentRun({ listed }: { listed: Run }) {
  const t = useTranslations("runs");
  const { runId } = listed.report;
  const { data: run = listed, error, refetch } = useFollowedRun(runId, isActive(listed));
  if (error) return <FailureAlert error={error} onRetry={() => refetch()} />;
  return (
    <Card aria-labelledby="current-run">
      <CardHeader>
        <CardTitle id="current-run">{isActive(run) ? t("inProgress") : t("last")}</CardTitle>
        {isActive(run) && (
          <CardAction>
            <CancelRun runId={runId} />
          </CardAction>
        )}
      </CardHeader>
      <CardContent>
        <RunDetails run={run} />
      </CardContent>
    </Card>
  );
}
