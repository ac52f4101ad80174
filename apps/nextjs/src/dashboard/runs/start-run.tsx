"use client";

import { notifyManager, useQueryClient } from "@tanstack/react-query";
import { FlaskConical, History, UsersRound } from "lucide-react";
import { useTranslations } from "next-intl";
import { useCallback, useSyncExternalStore } from "react";
import { Button } from "@/components/ui/button.tsx";
import { useTRPC } from "@/trpc/client.tsx";
import { isActive, isActiveState, RUNS_PAGE } from "./run-labels.ts";
import { useStartRun } from "./use-start-run.ts";

/** The runs that an admin can start. @param known what tells whether one is in progress: the query that the page shows */
export function StartRun({ known }: { known: "runs" | "status" }) {
  const t = useTranslations("runs");
  const start = useStartRun();
  const isRunning = useIsRunning(known);
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

/**
 * From what the page has fetched, or is about to fetch. A query of its own, even a disabled one, would keep the server from
 * rendering the page's data: what is in the cache already is filled in the browser only.
 */
function useIsRunning(known: "runs" | "status"): boolean {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const isRunning = () => {
    if (known === "status") {
      const lastRun = queryClient.getQueryData(trpc.sync.status.queryKey())?.directory?.lastRun;
      return lastRun ? isActiveState(lastRun.state) : false;
    }
    const runs = queryClient.getQueryData(trpc.sync.runs.queryKey(RUNS_PAGE))?.items ?? [];
    return runs.some((run) => isActive(run) && !run.report.dryRun);
  };
  const subscribe = useCallback(
    (changed: () => void) => queryClient.getQueryCache().subscribe(notifyManager.batchCalls(changed)),
    [queryClient],
  );
  return useSyncExternalStore(subscribe, isRunning, () => false);
}
