"use client";

import { Hourglass } from "lucide-react";
import { useFormatter, useTranslations } from "next-intl";
import { TimeAgo } from "@/components/time-ago.tsx";
import { Alert, AlertTitle } from "@/components/ui/alert.tsx";
import { Badge } from "@/components/ui/badge.tsx";
import { Progress } from "@/components/ui/progress.tsx";
import { useDuration } from "@/lib/use-duration.ts";
import { useErrorTexts } from "@/trpc/use-failure-text.ts";
import { isActive, isWaiting, type Run, stateVariants, totalOf } from "./run-labels.ts";
import { usePace } from "./use-pace.ts";

/** How far a run has come, or how it ended, in a line and a bar. */
export function RunBar({ run }: { run: Run }) {
  const t = useTranslations();
  const format = useFormatter();
  const duration = useDuration();
  const texts = useErrorTexts();
  const { report, startedAt, endedAt, pausedForMs, windows } = run;
  const { runId, kind, dryRun, state, seen, durationMs } = report;
  const total = totalOf(run);
  const active = isActive(run);
  const whyPaused = windows.find((window) => !window.endedAt && window.lastError)?.lastError ?? "CLERK_RATE_LIMITED";
  return (
    <div className="grid grid-cols-1 gap-3" data-run-id={runId}>
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 text-sm">
        <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <Badge variant={stateVariants[state]} data-testid="run-state">
            {t(`runs.states.${state}`)}
          </Badge>
          <span className="font-medium" data-testid="run-kind">
            {t(`runs.kinds.${kind}`)}
          </span>
          {dryRun && <Badge variant="outline">{t("runs.dry")}</Badge>}
          <span className="text-muted-foreground">
            {t.rich(isWaiting(run) ? "runs.asked" : endedAt ? "runs.ended" : "runs.started", {
              time: () => <TimeAgo time={endedAt ?? startedAt} />,
            })}
          </span>
        </div>
        <span className="tabular-nums">
          {total === null
            ? t("common.users", { count: seen })
            : t("runs.seenOf", { seen: format.number(seen), total: format.number(total) })}
          <span className="text-muted-foreground">
            {!active && ` · ${duration(durationMs)}`}
            {active && pausedForMs === 0 && <Pace key={runId} seen={seen} total={total} />}
          </span>
        </span>
      </div>
      {active && (
        <Progress
          aria-label={t("runs.progress")}
          value={total === null ? null : Math.min(seen, total)}
          max={total || 1}
        />
      )}
      <p role="status" className="sr-only">
        {active
          ? total
            ? t("runs.spokenPercent", { percent: Math.floor((Math.min(seen, total) / total) * 10) * 10 })
            : t("runs.spoken")
          : `${t(`runs.kinds.${kind}`)}: ${t(`runs.states.${state}`)}`}
      </p>
      {active && pausedForMs > 0 && (
        <Alert variant="warning" data-testid="run-paused">
          <Hourglass aria-hidden="true" />
          <AlertTitle>{t("runs.paused", { why: texts[whyPaused].message, time: duration(pausedForMs) })}</AlertTitle>
        </Alert>
      )}
    </div>
  );
}

/** Mounted only while the run is moving, so that a pause does not count into its pace. */
function Pace({ seen, total }: { seen: number; total: number | null }) {
  const t = useTranslations("runs");
  const format = useFormatter();
  const duration = useDuration();
  const { perSecond, leftMs } = usePace(seen, total);
  return (
    <>
      {perSecond !== null &&
        ` · ${t("pace", { count: format.number(perSecond, { maximumFractionDigits: perSecond < 10 ? 1 : 0 }) })}`}
      {leftMs !== null && ` · ${t("left", { time: duration(leftMs) })}`}
    </>
  );
}
