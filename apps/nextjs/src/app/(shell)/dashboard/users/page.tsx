import { userStates } from "@rollcall/sync";
import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { Suspense } from "react";
import { z } from "zod";
import { ListSkeleton } from "@/components/list-skeleton.tsx";
import { DASHBOARD } from "@/dashboard/pages.ts";
import { UserFilters } from "@/dashboard/users/user-filters.tsx";
import { UserList } from "@/dashboard/users/user-list.tsx";
import { USERS_PAGE, type UserFilter } from "@/dashboard/users/users-page.ts";
import { requireAdmin } from "@/session/visitor.ts";
import { PageHeader } from "@/shell/page-header.tsx";
import { getQueryClient, HydrateClient, trpc } from "@/trpc/server.tsx";

export const generateMetadata = async (): Promise<Metadata> => ({ title: (await getTranslations("nav"))("users") });

// An address that names no such thing shows all live users.
const filterSchema = z.object({
  state: z.enum(userStates).optional().catch(undefined),
  search: z.string().min(1).max(320).optional().catch(undefined),
});

export default async function UsersPage({
  searchParams,
}: {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}) {
  await requireAdmin(`${DASHBOARD}/users`);
  const filter = filterSchema.parse(await searchParams);
  const t = await getTranslations();
  return (
    <>
      <PageHeader title={t("nav.users")} text={t("users.text")} />
      <UserFilters filter={filter} />
      <Suspense key={JSON.stringify(filter)} fallback={<ListSkeleton />}>
        <PrefetchedUsers filter={filter} />
      </Suspense>
    </>
  );
}

async function PrefetchedUsers({ filter }: { filter: UserFilter }) {
  await getQueryClient().prefetchQuery(trpc.sync.users.queryOptions({ ...USERS_PAGE, ...filter }));
  return (
    <HydrateClient>
      <UserList filter={filter} />
    </HydrateClient>
  );
}
