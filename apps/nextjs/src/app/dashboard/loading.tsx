import { SiteHeader } from "@/components/site-header.tsx";
import { DashboardSkeleton } from "@/dashboard/dashboard-skeleton.tsx";

export default function Loading() {
  return (
    <>
      <SiteHeader />
      <main className="mx-auto max-w-6xl px-4 py-8 sm:px-6">
        <DashboardSkeleton />
      </main>
    </>
  );
}
