import { CircleCheck, CircleDashed } from "lucide-react";
import { Progress } from "@/components/ui/progress.tsx";
import { formatCount, formatDay, formatNumber } from "@/lib/format.ts";
import type { ErrorCatalog } from "../error-catalog.ts";
import { isActive, type Run, type RunWindow, totalOf, windowName } from "./run-labels.ts";

/** The windows of a run, each with its progress. */
export function RunWindows({ run, errorCatalog }: { run: Run; errorCatalog: ErrorCatalog }) {
  const walks = run.windows.filter(({ pass }) => pass === "walk").length;
  const total = totalOf(run);
  // The plan splits windows so that each holds about the same number of users.
  const share = total === null ? null : total / Math.max(1, walks);
  return (
    <details className="text-sm" open={isActive(run) || run.failure !== null}>
      <summary className="cursor-pointer text-muted-foreground">Windows</summary>
      <ol className="mt-3 grid gap-3">
        {run.windows.map((window) => (
          <li key={window.number} className="grid grid-cols-[1rem_1fr] items-start gap-x-2" data-testid="run-window">
            {window.endedAt ? (
              <CircleCheck className="mt-0.5 size-4 text-success" role="img" aria-label="Done" />
            ) : (
              <CircleDashed className="mt-0.5 size-4 text-muted-foreground" role="img" aria-label="Open" />
            )}
            <div className="grid min-w-0 gap-1.5">
              <div className="flex flex-wrap justify-between gap-x-4">
                <span>{windowName(window, run)}</span>
                <span className="text-muted-foreground tabular-nums">{howFar(window, run)}</span>
              </div>
              {window.pass === "walk" && !window.endedAt && isActive(run) && (
                <Progress
                  className="h-1"
                  aria-label={windowName(window, run)}
                  value={share === null ? null : Math.min(window.seen, share)}
                  max={share || 1}
                />
              )}
              {window.lastError && !window.endedAt && (
                <p className="text-xs text-warning">
                  {window.attempts > 0 && `Tried ${formatCount(window.attempts, "time")}: `}
                  {errorCatalog[window.lastError].message}
                </p>
              )}
            </div>
          </li>
        ))}
      </ol>
    </details>
  );
}

function howFar({ pass, seen, at, clerkCalls, endedAt }: RunWindow, { report }: Run): string {
  switch (pass) {
    case "walk":
      return `${formatNumber(seen)} users${at && !endedAt ? `, up to ${formatDay(at)}` : ""}`;
    case "changes":
      return report.kind === "full" ? formatCount(clerkCalls, "call") : `${formatNumber(seen)} users`;
    case "missing":
      return `${formatNumber(report.tombstoned)} marked as deleted`;
    case "plan":
    case "unknown":
      return formatCount(clerkCalls, "call");
  }
}
