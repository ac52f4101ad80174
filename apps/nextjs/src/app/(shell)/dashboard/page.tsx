import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { Suspense } from "react";
import { MyAccountPage } from "@/dashboard/account/my-account-page.tsx";
import { EFFECTS_SUMMARY } from "@/dashboard/effects/effects-page.ts";
import { Overview } from "@/dashboard/overview/overview.tsx";
import { OverviewSkeleton } from "@/dashboard/overview/overview-skeleton.tsx";
import { DASHBOARD } from "@/dashboard/pages.ts";
import { StartRun } from "@/dashboard/runs/start-run.tsx";
import { requireVisitor } from "@/session/visitor.ts";
import { PageHeader } from "@/shell/page-header.tsx";
import { getQueryClient, HydrateClient, trpc } from "@/trpc/server.tsx";

export const generateMetadata = async (): Promise<Metadata> => ({ title: (await getTranslations("nav"))("label") });

/** The directory for an admin; for anyone else their account. */
export default async function DashboardPage() {
  if (!(await requireVisitor(DASHBOARD)).isAdmin) return <MyAccountPage />;
  const t = await getTranslations();
  return (
    <>
      <PageHeader title={t("nav.overview")} text={t("overview.text")}>
        <StartRun known="status" />
      </PageHeader>
      <Suspense fallback={<OverviewSkeleton />}>
        <PrefetchedOverview />
      </Suspense>
    </>
  );
}

async function PrefetchedOverview() {
  const queryClient = getQueryClient();
  await Promise.all([
    queryClient.prefetchQuery(trpc.sync.status.queryOptions()),
    queryClient.prefetchQuery(trpc.sync.activity.queryOptions()),
    queryClient.prefetchQuery(trpc.sync.effects.queryOptions(EFFECTS_SUMMARY)),
  ]);
  return (
    <HydrateClient>
      <Overview />
    </HydrateClient>
  );
}
