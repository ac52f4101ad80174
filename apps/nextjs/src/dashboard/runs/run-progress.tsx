"use client";

import { Hourglass } from "lucide-react";
import { TimeAgo } from "@/components/time-ago.tsx";
import { Alert, AlertTitle } from "@/components/ui/alert.tsx";
import { Badge } from "@/components/ui/badge.tsx";
import { Progress } from "@/components/ui/progress.tsx";
import { formatCount, formatDuration, formatNumber } from "@/lib/format.ts";
import type { ErrorCatalog } from "../error-catalog.ts";
import { RunFailure } from "./run-failure.tsx";
import { isActive, isWaiting, kinds, outcomes, type Run, states, totalOf } from "./run-labels.ts";
import { RunWindows } from "./run-windows.tsx";
import { useTimeLeft } from "./use-time-left.ts";

/** How far a run has come, or how it ended. */
export function RunProgress({ run, errorCatalog }: { run: Run; errorCatalog: ErrorCatalog }) {
  const { report, startedAt, endedAt, pausedForMs } = run;
  const { runId, kind, state, seen, durationMs, errors } = report;
  const total = totalOf(run);
  const active = isActive(run);
  const finding = found(run);
  return (
    <div className="grid gap-4" data-run-id={runId}>
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 text-sm">
        <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <Badge variant={states[state].variant} data-testid="run-state">
            {states[state].label}
          </Badge>
          <span data-testid="run-kind">{kinds[kind]}</span>
          <span className="text-muted-foreground">
            {whatSince(run)} <TimeAgo time={endedAt ?? startedAt} />
          </span>
        </div>
        <span className="tabular-nums">
          {formatNumber(seen)}
          {total !== null && ` of ${formatNumber(total)}`} users
          <span className="text-muted-foreground">
            {!active && ` in ${formatDuration(durationMs)}`}
            {active && pausedForMs === 0 && <TimeLeft key={runId} seen={seen} total={total} />}
          </span>
        </span>
      </div>
      {active && (
        <Progress aria-label="Users synced" value={total === null ? null : Math.min(seen, total)} max={total || 1} />
      )}
      <p role="status" className="sr-only">
        {active ? spoken(run) : `Sync of all users: ${states[state].label}`}
      </p>
      {active && pausedForMs > 0 && (
        <Alert variant="warning" data-testid="run-paused">
          <Hourglass aria-hidden="true" />
          <AlertTitle>
            {whyPaused(run, errorCatalog)} It resumes in {formatDuration(pausedForMs)}.
          </AlertTitle>
        </Alert>
      )}
      <RunFailure run={run} errorCatalog={errorCatalog} />
      <dl className="grid grid-cols-3 gap-x-4 gap-y-3 text-sm sm:grid-cols-6">
        {outcomes.map((outcome) => (
          <div key={outcome}>
            <dt className="text-muted-foreground capitalize">{outcome}</dt>
            <dd className="tabular-nums" data-testid={`run-${outcome}`}>
              {formatNumber(report[outcome])}
            </dd>
          </div>
        ))}
      </dl>
      {finding && (
        <p className="text-sm text-muted-foreground" data-testid="run-found">
          {finding}
        </p>
      )}
      <RunWindows run={run} errorCatalog={errorCatalog} />
      {errors.length > 0 && (
        <details className="text-sm">
          <summary className="cursor-pointer text-destructive">Users that failed</summary>
          <ul className="mt-2 grid gap-1">
            {errors.map(({ userId, code, reason }) => (
              <li key={userId}>
                <code className="text-xs break-all">{userId}</code> {code}: {reason}
              </li>
            ))}
          </ul>
        </details>
      )}
    </div>
  );
}

/** Mounted only while the run is moving, so that a pause does not count into its pace. */
function TimeLeft({ seen, total }: { seen: number; total: number | null }) {
  const left = useTimeLeft(seen, total);
  return left !== null && ` · about ${formatDuration(left)} left`;
}

function whyPaused({ windows }: Run, errorCatalog: ErrorCatalog): string {
  const code = windows.find(({ endedAt, lastError }) => !endedAt && lastError)?.lastError ?? "CLERK_RATE_LIMITED";
  return errorCatalog[code].message;
}

function whatSince(run: Run): string {
  if (isWaiting(run)) return "asked";
  return run.endedAt ? "ended" : "started";
}

/** For screen readers: in steps of ten percent, because one announcement per page would be too many. */
function spoken(run: Run): string {
  const total = totalOf(run);
  if (total === null) return "Syncing changes";
  return `Syncing all users: ${total === 0 ? 0 : Math.floor((Math.min(run.report.seen, total) / total) * 10) * 10} percent`;
}

/** What a run found and did not change, or marked as deleted. */
function found({
  report: { kind, state, missing, tombstoned, dryRun },
  netDifference,
  incomplete,
}: Run): string | null {
  if (incomplete) return "More users changed than Clerk lists in order. The next run starts from the same time.";
  if (kind === "full") {
    if (missing === null || missing + tombstoned === 0) return null;
    if (dryRun || state === "cancelled")
      return `${formatCount(missing, "user")} not found at Clerk. They were not changed.`;
    return tombstoned > 0 ? `${formatCount(tombstoned, "user")} no longer at Clerk and marked as deleted here.` : null;
  }
  if (!netDifference) return null;
  return `An incremental run sees no deletions, and the counts differ by ${formatNumber(Math.abs(netDifference))}. Start a full run to find out why.`;
}
