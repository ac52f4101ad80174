import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { getTranslations } from "next-intl/server";
import { Suspense } from "react";
import { z } from "zod";
import { ListSkeleton } from "@/components/list-skeleton.tsx";
import { DASHBOARD } from "@/dashboard/pages.ts";
import { OneRun } from "@/dashboard/runs/one-run.tsx";
import { requireAdmin } from "@/session/visitor.ts";
import { BackLink } from "@/shell/back-link.tsx";
import { PageHeader } from "@/shell/page-header.tsx";
import { getQueryClient, HydrateClient, trpc } from "@/trpc/server.tsx";

export const generateMetadata = async (): Promise<Metadata> => ({ title: (await getTranslations("runs"))("one") });

export default async function RunPage({ params }: { params: Promise<{ runId: string }> }) {
  const { runId } = await params;
  await requireAdmin(`${DASHBOARD}/runs/${runId}`);
  if (!z.uuid().safeParse(runId).success) notFound();
  const t = await getTranslations();
  return (
    <>
      <BackLink href={`${DASHBOARD}/runs`}>{t("nav.runs")}</BackLink>
      <PageHeader title={t("runs.one")} text={<span className="font-mono text-xs">{runId}</span>} />
      <Suspense fallback={<ListSkeleton />}>
        <PrefetchedRun runId={runId} />
      </Suspense>
    </>
  );
}

async function PrefetchedRun({ runId }: { runId: string }) {
  const queryClient = getQueryClient();
  await Promise.all([
    queryClient.prefetchQuery(trpc.sync.run.queryOptions({ runId })),
    queryClient.prefetchQuery(trpc.sync.runErrors.queryOptions({ runId })),
  ]);
  return (
    <HydrateClient>
      <OneRun runId={runId} />
    </HydrateClient>
  );
}
