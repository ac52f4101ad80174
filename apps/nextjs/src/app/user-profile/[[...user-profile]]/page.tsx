import type { Metadata } from "next";
import Link from "next/link";
import { SiteHeader } from "@/components/site-header.tsx";
import { Button } from "@/components/ui/button.tsx";
import { Account } from "@/session/account.tsx";
import { AccountDeleted } from "@/session/account-deleted.tsx";
import { AccountMenu } from "@/session/account-menu.tsx";
import { requireVisitor } from "@/session/visitor.ts";

export const metadata: Metadata = { title: "Account" };

export default async function UserProfilePage() {
  const visitor = await requireVisitor("/user-profile");
  if (visitor.state === "deleted") return <AccountDeleted />;
  return (
    <>
      <SiteHeader>
        <div className="flex items-center gap-4">
          <Button asChild variant="ghost">
            <Link href="/dashboard">Dashboard</Link>
          </Button>
          <AccountMenu />
        </div>
      </SiteHeader>
      <main className="flex justify-center px-4 py-8 sm:px-6">
        <Account />
      </main>
    </>
  );
}
