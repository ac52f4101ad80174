import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { getTranslations } from "next-intl/server";
import { Suspense } from "react";
import { z } from "zod";
import { ListSkeleton } from "@/components/list-skeleton.tsx";
import { DASHBOARD } from "@/dashboard/pages.ts";
import { OneUser } from "@/dashboard/users/one-user.tsx";
import { requireAdmin } from "@/session/visitor.ts";
import { BackLink } from "@/shell/back-link.tsx";
import { getQueryClient, HydrateClient, trpc } from "@/trpc/server.tsx";

export const generateMetadata = async (): Promise<Metadata> => ({ title: (await getTranslations("users"))("user") });

const clerkId = z.string().regex(/^user_[A-Za-z0-9]{1,64}$/);

export default async function UserPage({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  await requireAdmin(`${DASHBOARD}/users/${id}`);
  if (!clerkId.safeParse(id).success) notFound();
  const t = await getTranslations("nav");
  return (
    <>
      <BackLink href={`${DASHBOARD}/users`}>{t("users")}</BackLink>
      <Suspense fallback={<ListSkeleton />}>
        <PrefetchedUser id={id} />
      </Suspense>
    </>
  );
}

async function PrefetchedUser({ id }: { id: string }) {
  const queryClient = getQueryClient();
  await Promise.all([
    queryClient.prefetchQuery(trpc.sync.user.queryOptions({ id })),
    queryClient.prefetchQuery(trpc.sync.userEffects.queryOptions({ id })),
  ]);
  return (
    <HydrateClient>
      <OneUser id={id} />
    </HydrateClient>
  );
}
