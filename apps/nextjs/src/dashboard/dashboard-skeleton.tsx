import { Skeleton } from "@/components/ui/skeleton.tsx";

export function DashboardSkeleton() {
  return (
    <div className="grid gap-6" role="status" aria-label="Loading the dashboard">
      <Skeleton className="h-72 rounded-xl" />
      <div className="grid gap-4 sm:grid-cols-2 lg:grid-cols-4">
        {["a", "b", "c", "d"].map((key) => (
          <Skeleton key={key} className="h-28 rounded-xl" />
        ))}
      </div>
    </div>
  );
}
