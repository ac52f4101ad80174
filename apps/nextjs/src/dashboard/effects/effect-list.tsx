"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Zap } from "lucide-react";
import { useTranslations } from "next-intl";
import { useCursorPages } from "@/components/cursor-pages.tsx";
import { FailureAlert } from "@/components/failure-alert.tsx";
import { PagedList } from "@/components/paged-list.tsx";
import { Card } from "@/components/ui/card.tsx";
import { Empty, EmptyDescription, EmptyTitle } from "@/components/ui/empty.tsx";
import { useTRPC } from "@/trpc/client.tsx";
import { EffectsBar } from "./effects-bar.tsx";
import { EffectsFacts } from "./effects-facts.tsx";
import { EFFECTS_PAGE, type EffectState } from "./effects-page.ts";
import { useEffectColumns } from "./use-effect-columns.tsx";

// Effects are delivered meanwhile, also those just retried.
const REFRESH_MS = 10_000;

/** What the application does once for its users, as far as it was not delivered. The first due, or the first to die, comes first. */
export function EffectList({ state }: { state: EffectState }) {
  const t = useTranslations("effects");
  const trpc = useTRPC();
  const pages = useCursorPages();
  const columns = useEffectColumns(state);
  const page = useQuery(
    trpc.sync.effects.queryOptions(
      { ...EFFECTS_PAGE, state, ...(pages.cursor !== undefined && { cursor: pages.cursor }) },
      { placeholderData: keepPreviousData, refetchInterval: REFRESH_MS },
    ),
  );
  const summary = page.data?.summary;
  if (summary?.types.length === 0) {
    return (
      <div className="grid grid-cols-1 gap-4">
        {page.error && <FailureAlert error={page.error} onRetry={() => page.refetch()} />}
        <NoEffects />
      </div>
    );
  }
  return (
    <PagedList
      page={page}
      pages={pages}
      label={t("list")}
      columns={columns}
      rowId={({ key }) => key}
      empty={{ icon: Zap, title: t(`empty.${state}`), text: t(`emptyText.${state}`) }}
      above={
        summary && (
          <>
            <EffectsFacts summary={summary} />
            <EffectsBar state={state} />
          </>
        )
      }
    />
  );
}

function NoEffects() {
  const t = useTranslations("effects");
  return (
    <Card className="py-0">
      <Empty>
        <Zap aria-hidden="true" />
        <EmptyTitle>{t("noTypes")}</EmptyTitle>
        <EmptyDescription>
          {t.rich("noTypesText", { code: (text) => <code className="text-xs">{text}</code> })}
        </EmptyDescription>
      </Empty>
    </Card>
  );
}
