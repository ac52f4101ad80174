import { errorCatalog } from "@rollcall/sync";
import type { Metadata } from "next";
import { Suspense } from "react";
import { SiteHeader } from "@/components/site-header.tsx";
import { Dashboard } from "@/dashboard/dashboard.tsx";
import { DashboardSkeleton } from "@/dashboard/dashboard-skeleton.tsx";
import { pastRuns } from "@/dashboard/runs/run-labels.ts";
import { AccountDeleted } from "@/session/account-deleted.tsx";
import { AccountMenu } from "@/session/account-menu.tsx";
import { requireVisitor } from "@/session/visitor.ts";
import { getQueryClient, HydrateClient, trpc } from "@/trpc/server.tsx";

export const metadata: Metadata = { title: "Dashboard" };

export default async function DashboardPage() {
  const visitor = await requireVisitor("/dashboard");
  if (visitor.state === "deleted") return <AccountDeleted />;
  return (
    <>
      <SiteHeader>
        <AccountMenu />
      </SiteHeader>
      <main className="mx-auto max-w-6xl px-4 py-8 sm:px-6">
        <h1 className="sr-only">Dashboard</h1>
        <Suspense fallback={<DashboardSkeleton />}>
          <DashboardWithStatus />
        </Suspense>
      </main>
    </>
  );
}

async function DashboardWithStatus() {
  const queryClient = getQueryClient();
  await queryClient.prefetchQuery(trpc.sync.status.queryOptions());
  const status = queryClient.getQueryData(trpc.sync.status.queryKey());
  if (status?.directory) await queryClient.prefetchQuery(trpc.sync.runs.queryOptions(pastRuns));
  return (
    <HydrateClient>
      <Dashboard errorCatalog={errorCatalog} />
    </HydrateClient>
  );
}
