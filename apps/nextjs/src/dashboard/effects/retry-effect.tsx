"use client";

import { RefreshCw } from "lucide-react";
import { useTranslations } from "next-intl";
import { Button } from "@/components/ui/button.tsx";
import { cn } from "@/lib/cn.ts";
import type { Effect } from "./effects-page.ts";
import { useRetryEffects } from "./use-retry-effects.ts";

/** "Retry", small enough for a row of a list. */
export function RetryEffect({ effect: { type, userId, key } }: { effect: Effect }) {
  const t = useTranslations("effects");
  const retry = useRetryEffects();
  return (
    <Button variant="outline" size="sm" onClick={() => retry.mutate({ type, userId })} disabled={retry.isPending}>
      <RefreshCw aria-hidden="true" className={cn(retry.isPending && "animate-spin motion-reduce:animate-none")} />
      {t("retry")}
      <span className="sr-only">{key}</span>
    </Button>
  );
}
