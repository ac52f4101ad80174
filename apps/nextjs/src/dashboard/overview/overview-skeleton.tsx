"use client";

import { useTranslations } from "next-intl";
import { Skeleton } from "@/components/ui/skeleton.tsx";

/** As tall as what it stands for. */
export function OverviewSkeleton() {
  const t = useTranslations("common");
  return (
    <div className="grid grid-cols-1 gap-6" role="status" aria-label={t("loading")}>
      <Skeleton className="h-[6.25rem] rounded-xl" />
      <Skeleton className="h-52 rounded-xl xl:h-[6.5rem]" />
      <div className="grid grid-cols-1 gap-4 sm:grid-cols-2 xl:grid-cols-4">
        {["a", "b", "c", "d"].map((key) => (
          <Skeleton key={key} className="h-[6.25rem] rounded-xl" />
        ))}
      </div>
      <div className="grid grid-cols-1 gap-4 xl:grid-cols-2">
        <Skeleton className="h-[22rem] rounded-xl" />
        <Skeleton className="h-[22rem] rounded-xl" />
      </div>
    </div>
  );
}
