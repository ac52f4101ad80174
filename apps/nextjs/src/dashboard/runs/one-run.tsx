"use client";

import { useFormatter, useTranslations } from "next-intl";
import { FailureAlert } from "@/components/failure-alert.tsx";
import { ListSkeleton } from "@/components/list-skeleton.tsx";
import { Button } from "@/components/ui/button.tsx";
import { Card, CardAction, CardContent, CardDescription, CardHeader, CardTitle } from "@/components/ui/card.tsx";
import { AwaitingConfirmation } from "./awaiting-confirmation.tsx";
import { CancelRun } from "./cancel-run.tsx";
import { RunDetails } from "./run-details.tsx";
import { RunErrors } from "./run-errors.tsx";
import { isActive, isWaiting, type Run } from "./run-labels.ts";
import { useFollowedRun } from "./use-followed-run.ts";
import { useRunText } from "./use-run-text.ts";
import { useStartRun } from "./use-start-run.ts";

/** Everything about one run. */
export function OneRun({ runId }: { runId: string }) {
  const t = useTranslations("runs");
  const format = useFormatter();
  const { starter } = useRunText();
  const { data: run, error, refetch } = useFollowedRun(runId);
  if (!run) return error ? <FailureAlert error={error} onRetry={() => refetch()} /> : <ListSkeleton />;
  return (
    <div className="grid grid-cols-1 gap-6">
      {error && <FailureAlert error={error} onRetry={() => refetch()} />}
      {isWaiting(run) && <AwaitingConfirmation run={run} />}
      <Card aria-labelledby="run-title">
        <CardHeader>
          <CardTitle id="run-title">{t(`kinds.${run.report.kind}`)}</CardTitle>
          <CardDescription>
            {format.dateTime(run.startedAt, "exact")} · {starter(run.startedBy)}
          </CardDescription>
          <CardAction>
            <RunAction run={run} />
          </CardAction>
        </CardHeader>
        <CardContent>
          <RunDetails run={run} />
        </CardContent>
      </Card>
      <RunErrors run={run} />
    </div>
  );
}

/** What can be done about a run: cancel it, resume it, or do what a dry run only counted. */
function RunAction({ run }: { run: Run }) {
  const t = useTranslations("runs");
  const start = useStartRun();
  const { runId, kind, state, dryRun } = run.report;
  if (isActive(run)) return <CancelRun runId={runId} />;
  const label = state === "failed" ? t("startAgain") : dryRun && state === "done" ? t("startForReal") : null;
  return (
    label && (
      <Button onClick={() => start.mutate({ kind })} disabled={start.isPending}>
        {label}
      </Button>
    )
  );
}
