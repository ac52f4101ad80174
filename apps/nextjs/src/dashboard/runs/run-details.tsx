"use client";

import { useFormatter, useTranslations } from "next-intl";
import { RunBar } from "./run-bar.tsx";
import { RunFailure } from "./run-failure.tsx";
import { isActive, outcomes, type Run } from "./run-labels.ts";
import { RunWindows } from "./run-windows.tsx";

/** How far a run has come, or how it ended: its outcomes, its windows, its failure. */
export function RunDetails({ run }: { run: Run }) {
  const t = useTranslations("runs");
  const format = useFormatter();
  const { report } = run;
  const found = useFound(run);
  return (
    <div className="grid grid-cols-1 gap-5">
      <RunBar run={run} />
      <RunFailure run={run} />
      <dl className="grid grid-cols-3 gap-x-4 gap-y-3 text-sm sm:grid-cols-6">
        {outcomes.map((outcome) => (
          <div key={outcome}>
            <dt className="text-muted-foreground">{t(`outcomes.${outcome}`)}</dt>
            <dd className="text-lg font-medium tabular-nums" data-testid={`run-${outcome}`}>
              {format.number(report[outcome])}
            </dd>
          </div>
        ))}
      </dl>
      {found && (
        <p className="text-sm text-muted-foreground" data-testid="run-found">
          {found}
        </p>
      )}
      {report.dryRun && !isActive(run) && <p className="text-sm text-muted-foreground">{t("dryRunDone")}</p>}
      <RunWindows run={run} />
    </div>
  );
}

/** What a run found and did not change, or marked as deleted. */
function useFound({ report, netDifference, incomplete }: Run): string | null {
  const t = useTranslations("runs.found");
  const { kind, state, missing, tombstoned, dryRun } = report;
  if (incomplete) return t("incomplete");
  if (kind === "full") {
    if (missing === null || missing + tombstoned === 0) return null;
    if (dryRun) return t("wouldDelete", { count: missing });
    if (state === "cancelled") return t("kept", { count: missing });
    return tombstoned > 0 ? t("deleted", { count: tombstoned }) : null;
  }
  return netDifference ? t("countsDiffer", { count: Math.abs(netDifference) }) : null;
}
