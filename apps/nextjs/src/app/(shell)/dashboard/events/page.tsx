import { type EventFilter, eventOutcomes } from "@rollcall/sync";
import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { Suspense } from "react";
import { z } from "zod";
import { ListSkeleton } from "@/components/list-skeleton.tsx";
import { EventFilters } from "@/dashboard/events/event-filters.tsx";
import { EventList } from "@/dashboard/events/event-list.tsx";
import { EVENTS_PAGE } from "@/dashboard/events/events-page.ts";
import { DASHBOARD } from "@/dashboard/pages.ts";
import { requireAdmin } from "@/session/visitor.ts";
import { PageHeader } from "@/shell/page-header.tsx";
import { getQueryClient, HydrateClient, trpc } from "@/trpc/server.tsx";

export const generateMetadata = async (): Promise<Metadata> => ({ title: (await getTranslations("nav"))("events") });

// An address that names no such thing shows all events.
const filterSchema = z.object({
  source: z.enum(["webhook", "read"]).optional().catch(undefined),
  type: z.string().min(1).max(100).optional().catch(undefined),
  outcome: z.enum(eventOutcomes).optional().catch(undefined),
  userId: z
    .string()
    .regex(/^user_[A-Za-z0-9]{1,64}$/)
    .optional()
    .catch(undefined),
});

export default async function EventsPage({
  searchParams,
}: {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}) {
  await requireAdmin(`${DASHBOARD}/events`);
  const filter = filterSchema.parse(await searchParams);
  const t = await getTranslations();
  return (
    <>
      <PageHeader title={t("nav.events")} text={t("events.text")} />
      <EventFilters filter={filter} />
      <Suspense key={JSON.stringify(filter)} fallback={<ListSkeleton />}>
        <PrefetchedEvents filter={filter} />
      </Suspense>
    </>
  );
}

async function PrefetchedEvents({ filter }: { filter: EventFilter }) {
  await getQueryClient().prefetchQuery(trpc.sync.events.queryOptions({ ...EVENTS_PAGE, ...filter }));
  return (
    <HydrateClient>
      <EventList filter={filter} />
    </HydrateClient>
  );
}
