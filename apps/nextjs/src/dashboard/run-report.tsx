"use client";

import type { RouterOutputs } from "@rollcall/api";
import type { ComponentProps } from "react";
import { TimeAgo } from "@/components/time-ago.tsx";
import { Badge } from "@/components/ui/badge.tsx";
import { Progress } from "@/components/ui/progress.tsx";
import { formatDuration, formatNumber } from "@/lib/format.ts";

type Run = RouterOutputs["sync"]["run"];
type State = Run["report"]["state"];

const states: Record<State, { label: string; variant: ComponentProps<typeof Badge>["variant"] }> = {
  planned: { label: "Starting", variant: "secondary" },
  running: { label: "Running", variant: "secondary" },
  awaiting_confirmation: { label: "Awaits confirmation", variant: "warning" },
  cancelled: { label: "Cancelled", variant: "secondary" },
  failed: { label: "Failed", variant: "destructive" },
  done: { label: "Done", variant: "success" },
};

const outcomes = ["created", "updated", "unchanged", "outdated", "deleted", "failed"] as const;

export const isActive = (state: State): boolean => state === "planned" || state === "running";

/** How far a run has come, or how it ended. */
export function RunReport({ run }: { run: Run }) {
  const { report, total, startedAt, endedAt } = run;
  const { state, seen, durationMs, errors } = report;
  const active = isActive(state);
  return (
    <div className="grid gap-4">
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 text-sm">
        <div className="flex items-center gap-3">
          <Badge variant={states[state].variant} data-testid="run-state">
            {states[state].label}
          </Badge>
          <span className="text-muted-foreground">
            {endedAt ? (
              <>
                ended <TimeAgo time={endedAt} />
              </>
            ) : (
              <>
                began <TimeAgo time={startedAt} />
              </>
            )}
          </span>
        </div>
        <span className="tabular-nums">
          {formatNumber(seen)}
          {total !== null && ` of ${formatNumber(total)}`} users
          <span className="text-muted-foreground"> {active ? timeLeft(run) : `in ${formatDuration(durationMs)}`}</span>
        </span>
      </div>
      {active && (
        <Progress aria-label="Users synced" value={total === null ? null : Math.min(seen, total)} max={total || 1} />
      )}
      <p role="status" className="sr-only">
        {active ? `Syncing all users: ${tenths(run)} percent` : `Sync of all users: ${states[state].label}`}
      </p>
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

function timeLeft({ report: { seen, durationMs }, total }: Run): string {
  if (total === null || seen === 0 || seen >= total) return "";
  return `· about ${formatDuration(((total - seen) / seen) * durationMs)} left`;
}

/** Read out in steps of ten: each page of users would be too much to hear. */
const tenths = ({ report: { seen }, total }: Run): number =>
  total ? Math.floor((Math.min(seen, total) / total) * 10) * 10 : 0;
