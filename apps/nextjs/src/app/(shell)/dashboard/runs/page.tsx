import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { Suspense } from "react";
import { ListSkeleton } from "@/components/list-skeleton.tsx";
import { DASHBOARD } from "@/dashboard/pages.ts";
import { RUNS_PAGE } from "@/dashboard/runs/run-labels.ts";
import { Runs } from "@/dashboard/runs/runs.tsx";
import { StartRun } from "@/dashboard/runs/start-run.tsx";
import { requireAdmin } from "@/session/visitor.ts";
import { PageHeader } from "@/shell/page-header.tsx";
import { getQueryClient, HydrateClient, trpc } from "@/trpc/server.tsx";

export const generateMetadata = async (): Promise<Metadata> => ({ title: (await getTranslations("nav"))("runs") });

export default async function RunsPage() {
  await requireAdmin(`${DASHBOARD}/runs`);
  const t = await getTranslations();
  return (
    <>
      <PageHeader title={t("nav.runs")} text={t("runs.text")}>
        <StartRun known="runs" />
      </PageHeader>
      <Suspense fallback={<ListSkeleton />}>
        <PrefetchedRuns />
      </Suspense>
    </>
  );
}

async function PrefetchedRuns() {
  await getQueryClient().prefetchQuery(trpc.sync.runs.queryOptions(RUNS_PAGE));
  return (
    <HydrateClient>
      <Runs />
    </HydrateClient>
  );
}
