import { getTranslations } from "next-intl/server";
import { Suspense } from "react";
import { PageHeader } from "@/shell/page-header.tsx";
import { getQueryClient, HydrateClient, trpc } from "@/trpc/server.tsx";
import { ManageAccount } from "./manage-account.tsx";
import { MyAccount, MyAccountSkeleton } from "./my-account.tsx";

/** What is stored about the visitor. */
export async function MyAccountPage() {
  const t = await getTranslations();
  return (
    <>
      <PageHeader title={t("nav.account")} text={t("account.text")}>
        <ManageAccount />
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
