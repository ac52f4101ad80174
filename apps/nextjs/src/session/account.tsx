"use client";

import { UserProfile, useUser } from "@clerk/nextjs";
import { ClerkDidNotLoad } from "@/clerk/clerk-did-not-load.tsx";
import { WhenClerkLoaded } from "@/clerk/when-clerk-loaded.tsx";
import { Skeleton } from "@/components/ui/skeleton.tsx";

/** Clerk's page for a user's own account. */
export function Account() {
  // Right after a sign-in, Clerk is between two sessions and would render nothing for good.
  const { user } = useUser();
  const loading = <Skeleton className="h-[44rem] w-full max-w-[55rem] rounded-xl" role="status" aria-label="Loading" />;
  return (
    <WhenClerkLoaded loading={loading} failed={<ClerkDidNotLoad />}>
      {user ? <UserProfile /> : loading}
    </WhenClerkLoaded>
  );
}
