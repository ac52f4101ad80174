"use client";

import { RefreshCw } from "lucide-react";
import { useRouter } from "next/navigation";
import { useTranslations } from "next-intl";
import { Button } from "@/components/ui/button.tsx";
import { NativeSelect } from "@/components/ui/native-select.tsx";
import { cn } from "@/lib/cn.ts";
import { type EffectState, effectStates, effectsHref } from "./effects-page.ts";
import { useRetryEffects } from "./use-retry-effects.ts";

/** Which effects the list shows; the address has it, so that it can be shared. And "Retry all failed". */
export function EffectsBar({ state }: { state: EffectState }) {
  const t = useTranslations("effects");
  const router = useRouter();
  const retry = useRetryEffects();
  return (
    <div className="flex flex-wrap items-center justify-between gap-2">
      <search>
        <NativeSelect
          aria-label={t("state")}
          value={state}
          onChange={({ target }) => {
            const chosen = effectStates.find((each) => each === target.value);
            if (chosen) router.push(effectsHref(chosen), { scroll: false });
          }}
        >
          {effectStates.map((each) => (
            <option key={each} value={each}>
              {t(`lists.${each}`)}
            </option>
          ))}
        </NativeSelect>
      </search>
      <Button variant="outline" onClick={() => retry.mutate(null)} disabled={retry.isPending}>
        <RefreshCw aria-hidden="true" className={cn(retry.isPending && "animate-spin motion-reduce:animate-none")} />
        {t("retryAll")}
      </Button>
    </div>
  );
}
