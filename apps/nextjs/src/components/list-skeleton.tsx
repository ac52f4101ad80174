"use client";

import { useTranslations } from "next-intl";
import { Skeleton } from "@/components/ui/skeleton.tsx";

/** A card with rows, while they are loaded. */
export function ListSkeleton() {
  const t = useTranslations("common");
  return (
    <div
      className="grid grid-cols-1 gap-px overflow-hidden rounded-xl border bg-border"
      role="status"
      aria-label={t("loading")}
    >
      {["a", "b", "c", "d", "e", "f", "g", "h"].map((key) => (
        <div key={key} className="flex items-center gap-4 bg-card px-4 py-3.5">
          <Skeleton className="size-8 shrink-0 rounded-full" />
          <Skeleton className="h-4 w-1/3" />
          <Skeleton className="ml-auto h-4 w-16" />
        </div>
      ))}
    </div>
  );
}
