import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { Suspense } from "react";
import { ListSkeleton } from "@/components/list-skeleton.tsx";
import { SetupCheck } from "@/dashboard/check/setup-check.tsx";
import { DASHBOARD } from "@/dashboard/pages.ts";
import { requireAdmin } from "@/session/visitor.ts";
import { PageHeader } from "@/shell/page-header.tsx";
import { getQueryClient, HydrateClient, trpc } from "@/trpc/server.tsx";

export const generateMetadata = async (): Promise<Metadata> => ({ title: (await getTranslations("nav"))("check") });

export default async function CheckPage() {
  await requireAdmin(`${DASHBOARD}/check`);
  const t = await getTranslations();
  return (
    <>
      <PageHeader title={t("nav.check")} text={t("check.text")} />
      <Suspense fallback={<ListSkeleton />}>
        <PrefetchedCheck />
      </Suspense>
    </>
  );
}

async function PrefetchedCheck() {
  await getQueryClient().prefetchQuery(trpc.sync.check.queryOptions());
  return (
    <HydrateClient>
      <SetupCheck />
    </HydrateClient>
  );
}
