import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { Suspense } from "react";
import { z } from "zod";
import { ListSkeleton } from "@/components/list-skeleton.tsx";
import { EffectList } from "@/dashboard/effects/effect-list.tsx";
import { EFFECTS_PAGE, type EffectState, effectStates } from "@/dashboard/effects/effects-page.ts";
import { DASHBOARD } from "@/dashboard/pages.ts";
import { requireAdmin } from "@/session/visitor.ts";
import { PageHeader } from "@/shell/page-header.tsx";
import { getQueryClient, HydrateClient, trpc } from "@/trpc/server.tsx";

export const generateMetadata = async (): Promise<Metadata> => ({ title: (await getTranslations("nav"))("effects") });

// An address that names no such thing shows pending effects.
const filterSchema = z.object({ state: z.enum(effectStates).catch("pending") });

export default async function EffectsPage({
  searchParams,
}: {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}) {
  await requireAdmin(`${DASHBOARD}/effects`);
  const { state } = filterSchema.parse(await searchParams);
  const t = await getTranslations();
  return (
    <>
      <PageHeader title={t("nav.effects")} text={t("effects.text")} />
      <Suspense fallback={<ListSkeleton />}>
        <PrefetchedEffects state={state} />
      </Suspense>
    </>
  );
}

async function PrefetchedEffects({ state }: { state: EffectState }) {
  await getQueryClient().prefetchQuery(trpc.sync.effects.queryOptions({ ...EFFECTS_PAGE, state }));
  return (
    <HydrateClient>
      {/* A cursor belongs to one of the two lists. */}
      <EffectList key={state} state={state} />
    </HydrateClient>
  );
}
