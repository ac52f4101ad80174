"use client";

import { useQuery } from "@tanstack/react-query";
import { FlaskConical, History, UsersRound } from "lucide-react";
import { useTranslations } from "next-intl";
import { Button } from "@/components/ui/button.tsx";
import { useTRPC } from "@/trpc/client.tsx";
import { isActive, RUNS_PAGE } from "./run-labels.ts";
import { useStartRun } from "./use-start-run.ts";

/** The runs that an admin can start. */
export function StartRun() {
  const t = useTranslations("runs");
  const trpc = useTRPC();
  const start = useStartRun();
  const runs = useQuery(trpc.sync.runs.queryOptions(RUNS_PAGE));
  const isRunning = runs.data?.items.some((run) => isActive(run) && !run.report.dryRun) ?? false;
  return (
    <>
      <Button onClick={() => start.mutate({ kind: "full" })} disabled={start.isPending || isRunning}>
        <UsersRound aria-hidden="true" />
        {t("syncAll")}
      </Button>
      <Button
        variant="outline"
        onClick={() => start.mutate({ kind: "incremental" })}
        disabled={start.isPending || isRunning}
      >
        <History aria-hidden="true" />
        {t("syncChanges")}
      </Button>
      <Button
        variant="outline"
        onClick={() => start.mutate({ kind: "full", dryRun: true })}
        disabled={start.isPending}
        title={t("dryRunText")}
      >
        <FlaskConical aria-hidden="true" />
        {t("dryRun")}
      </Button>
    </>
  );
}
