import Link from "next/link";
import { useTranslations } from "next-intl";
import { Suspense } from "react";
import { Button } from "@/components/ui/button.tsx";
import { PageHeader } from "@/shell/page-header.tsx";
import { getQueryClient, HydrateClient, trpc } from "@/trpc/server.tsx";
import { MyAccount, MyAccountSkeleton } from "./my-account.tsx";

/** What is stored about the visitor. */
export function MyAccountPage() {
  const t = useTranslations();
  return (
    <>
      <PageHeader title={t("nav.account")} text={t("account.text")}>
        <Button asChild variant="outline">
          <Link href="/user-profile">{t("account.manage")}</Link>
        </Button>
      </PageHeader>
      <Suspense fallback={<MyAccountSkeleton />}>
        <PrefetchedAccount />
      </Suspense>
    </>
  );
}

async function PrefetchedAccount() {
  await getQueryClient().prefetchQuery(trpc.sync.status.queryOptions());
  return (
    <HydrateClient>
      <MyAccount />
    </HydrateClient>
  );
}
