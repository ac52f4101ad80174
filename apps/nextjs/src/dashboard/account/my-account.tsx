"use client";

import { useQuery } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useTranslations } from "next-intl";
import { useEffect } from "react";
import { FailureAlert } from "@/components/failure-alert.tsx";
import { Skeleton } from "@/components/ui/skeleton.tsx";
import { useTRPC } from "@/trpc/client.tsx";
import { toFailure } from "@/trpc/failure.ts";
import { ACCOUNT_DELETED } from "../pages.ts";
import { Profile } from "./profile.tsx";

export function MyAccount() {
  const trpc = useTRPC();
  const router = useRouter();
  const status = useQuery(trpc.sync.status.queryOptions());
  const isDeleted = status.error !== null && toFailure(status.error).code === "USER_DELETED";
  useEffect(() => {
    if (isDeleted) router.replace(ACCOUNT_DELETED);
  }, [isDeleted, router]);
  if (status.data && !isDeleted) {
    return (
      <div className="grid grid-cols-1 gap-6">
        {status.error && <FailureAlert error={status.error} onRetry={() => status.refetch()} />}
        <Profile me={status.data.me} />
      </div>
    );
  }
  if (!status.error || isDeleted) return <MyAccountSkeleton />;
  return <FailureAlert error={status.error} onRetry={() => status.refetch()} />;
}

export function MyAccountSkeleton() {
  const t = useTranslations("common");
  return <Skeleton className="h-[30rem] rounded-xl" role="status" aria-label={t("loading")} />;
}
