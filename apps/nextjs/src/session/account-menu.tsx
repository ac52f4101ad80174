import { UserButton } from "@clerk/nextjs";
import { WhenClerkLoaded } from "@/clerk/when-clerk-loaded.tsx";
import { Skeleton } from "@/components/ui/skeleton.tsx";

export function AccountMenu() {
  return (
    <div className="size-7">
      <WhenClerkLoaded loading={<Skeleton className="size-7 rounded-full" />}>
        <UserButton userProfileMode="navigation" userProfileUrl="/user-profile" />
      </WhenClerkLoaded>
    </div>
  );
}
