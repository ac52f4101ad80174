"use client";

import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { ErrorAlert, FailureAlert } from "@/components/failure-alert.tsx";
import { useTRPC } from "@/trpc/client.tsx";
import { useErrorTexts } from "@/trpc/use-failure-text.ts";
import { ActiveRun } from "../runs/active-run.tsx";
import { Activity } from "./activity.tsx";
import { DirectoryFacts } from "./directory-facts.tsx";
import { DirectoryNumbers } from "./directory-numbers.tsx";
import { Headline } from "./headline.tsx";
import { OverviewSkeleton } from "./overview-skeleton.tsx";

const REFRESH_MS = 60_000;

/** Whether all users are here, and if not, what is wrong. */
export function Overview() {
  const t = useTranslations("overview");
  const texts = useErrorTexts();
  const trpc = useTRPC();
  const status = useQuery(trpc.sync.status.queryOptions(undefined, { refetchInterval: REFRESH_MS }));
  if (!status.data) {
    if (!status.error) return <OverviewSkeleton />;
    return <FailureAlert error={status.error} onRetry={() => status.refetch()} />;
  }
  const { directory, directoryError } = status.data;
  return (
    <div className="grid grid-cols-1 gap-6">
      {status.error && <FailureAlert error={status.error} onRetry={() => status.refetch()} />}
      {directoryError && (
        <ErrorAlert
          title={t("noDirectory")}
          text={`${texts[directoryError.code].message} ${texts[directoryError.code].hint}`}
          code={directoryError.code}
          onRetry={() => status.refetch()}
        />
      )}
      {directory && (
        <>
          <Headline directory={directory} />
          <ActiveRun lastRun={directory.lastRun} />
          <DirectoryNumbers directory={directory} />
          <DirectoryFacts directory={directory} />
          <Activity />
        </>
      )}
    </div>
  );
}
