"use client";

import { RefreshCw } from "lucide-react";
import { useTranslations } from "next-intl";
import { Button } from "@/components/ui/button.tsx";
import { cn } from "@/lib/cn.ts";
import type { Effect } from "./effects-page.ts";
import { useRetryEffects } from "./use-retry-effects.ts";

/** "Retry", small enough for a row of a list. Nothing for an effect that has not been tried. */
export function RetryEffect({ effect: { type, userId, key, attempts, deadAt } }: { effect: Effect }) {
  const t = useTranslations("effects");
  const retry = useRetryEffects();
  if (deadAt === null && attempts === 0) return null;
  return (
    <div className="flex justify-end">
      <Button variant="outline" size="sm" onClick={() => retry.mutate({ type, userId })} disabled={retry.isPending}>
        <RefreshCw aria-hidden="true" className={cn(retry.isPending && "animate-spin motion-reduce:animate-none")} />
        {t("retry")}
        <span className="sr-only">{key}</span>
      </Button>
    </div>
  );
}
