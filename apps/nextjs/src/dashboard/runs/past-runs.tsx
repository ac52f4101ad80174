"use client";

import { TimeAgo } from "@/components/time-ago.tsx";
import { Badge } from "@/components/ui/badge.tsx";
import { Card, CardContent, CardDescription, CardHeader, CardTitle } from "@/components/ui/card.tsx";
import { formatDuration } from "@/lib/format.ts";
import type { ErrorCatalog } from "../error-catalog.ts";
import { isActive, kinds, type Run, states, summary } from "./run-labels.ts";

/** The last runs, without the one in progress. */
export function PastRuns({ runs, errorCatalog }: { runs: readonly Run[]; errorCatalog: ErrorCatalog }) {
  const past = runs.filter((run) => !isActive(run));
  if (past.length === 0) return null;
  return (
    <Card aria-labelledby="past-runs-title">
      <CardHeader>
        <CardTitle id="past-runs-title">Last runs</CardTitle>
        <CardDescription>Newest first, kept for 90 days.</CardDescription>
      </CardHeader>
      <CardContent>
        <ul className="divide-y text-sm">
          {past.map((run) => (
            <PastRun key={run.report.runId} run={run} errorCatalog={errorCatalog} />
          ))}
        </ul>
      </CardContent>
    </Card>
  );
}

function PastRun({ run, errorCatalog }: { run: Run; errorCatalog: ErrorCatalog }) {
  const { report, startedAt, startedBy, failure } = run;
  return (
    <li className="grid gap-1 py-3 first:pt-0 last:pb-0" data-testid="past-run">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <Badge variant={states[report.state].variant}>{states[report.state].label}</Badge>
        <span className="font-medium">
          {kinds[report.kind]}
          {report.dryRun && ", dry"}
        </span>
        <span className="text-muted-foreground">
          <TimeAgo time={startedAt} />, took {formatDuration(report.durationMs)}
        </span>
        <span className="text-muted-foreground sm:ml-auto" title={startedBy}>
          {starter(startedBy)}
        </span>
      </div>
      <p className="text-muted-foreground tabular-nums">
        {summary(run)}
        {failure?.code && `. ${errorCatalog[failure.code].message}`}
      </p>
    </li>
  );
}

function starter(startedBy: string): string {
  if (startedBy === "cron") return "by schedule";
  return startedBy.startsWith("user_") ? "by an admin" : `by ${startedBy}`;
}
