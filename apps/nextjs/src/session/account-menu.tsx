import { ClerkLoaded, ClerkLoading, UserButton } from "@clerk/nextjs";
import { Skeleton } from "@/components/ui/skeleton.tsx";

export function AccountMenu() {
  return (
    <div className="size-7">
      <ClerkLoading>
        <Skeleton className="size-7 rounded-full" />
      </ClerkLoading>
      <ClerkLoaded>
        <UserButton userProfileMode="navigation" userProfileUrl="/user-profile" />
      </ClerkLoaded>
    </div>
  );
}
