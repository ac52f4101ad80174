"use client";

import { UserProfile, useUser } from "@clerk/nextjs";
import { useTranslations } from "next-intl";
import { ClerkDidNotLoad } from "@/clerk/clerk-did-not-load.tsx";
import { WhenClerkLoaded } from "@/clerk/when-clerk-loaded.tsx";
import { Skeleton } from "@/components/ui/skeleton.tsx";

/** Clerk's page for a user's own account. */
export function Account() {
  const t = useTranslations("common");
  // Right after a sign-in, Clerk is between two sessions and would render nothing for good.
  const { user } = useUser();
  const loading = (
    <Skeleton className="h-[44rem] w-full max-w-[55rem] rounded-xl" role="status" aria-label={t("loading")} />
  );
  return (
    <WhenClerkLoaded loading={loading} failed={<ClerkDidNotLoad />}>
      {user ? <UserProfile /> : loading}
    </WhenClerkLoaded>
  );
}
