"use client";

import { useQuery } from "@tanstack/react-query";
import { FlaskConical, History, UsersRound } from "lucide-react";
import { useTranslations } from "next-intl";
import { Button } from "@/components/ui/button.tsx";
import { useTRPC } from "@/trpc/client.tsx";
import { isActive, isActiveState, RUNS_PAGE } from "./run-labels.ts";
import { useStartRun } from "./use-start-run.ts";

/** The runs that an admin can start. @param known what tells whether one is in progress: the query that the page shows */
export function StartRun({ known }: { known: "runs" | "status" }) {
  const t = useTranslations("runs");
  const start = useStartRun();
  const isRunning = useIsRunning()[known];
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

/** Nothing is fetched for this: it could arrive before the page's own part is hydrated, which then differs from the server's. */
function useIsRunning(): { runs: boolean; status: boolean } {
  const trpc = useTRPC();
  const runs = useQuery(trpc.sync.runs.queryOptions(RUNS_PAGE, { enabled: false }));
  const status = useQuery(trpc.sync.status.queryOptions(undefined, { enabled: false }));
  const lastRun = status.data?.directory?.lastRun;
  return {
    runs: runs.data?.items.some((run) => isActive(run) && !run.report.dryRun) ?? false,
    status: lastRun ? isActiveState(lastRun.state) : false,
  };
}
