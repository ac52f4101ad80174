"use client";

import type { EffectsSummary } from "@rollcall/sync";
import Link from "next/link";
import { useFormatter, useTranslations } from "next-intl";
import { Fact } from "@/components/fact.tsx";
import { TimeAgo } from "@/components/time-ago.tsx";
import { cn } from "@/lib/cn.ts";
import { type EffectState, effectsHref } from "./effects-page.ts";

/** Which types the application handles, and what was not delivered. */
export function EffectsFacts({ summary }: { summary: EffectsSummary }) {
  const t = useTranslations("effects");
  const format = useFormatter();
  return (
    <dl className="grid grid-cols-3 gap-x-8 gap-y-4 rounded-xl border bg-card px-5 py-4 text-sm shadow-xs *:last:col-span-full lg:grid-cols-[1fr_1fr_1fr_2fr] lg:*:last:col-span-1">
      <Fact term={t("pending")}>
        <Count state="pending" count={summary.pending} />
      </Fact>
      <Fact term={t("dead")}>
        <Count state="dead" count={summary.dead} />
      </Fact>
      <Fact term={t("dueSince")}>{summary.dueSince ? <TimeAgo time={summary.dueSince} /> : t("noneDue")}</Fact>
      <Fact term={t("types")}>
        <ul className="grid gap-1">
          {summary.types.map(({ type, since }) => (
            <li key={type}>
              <code className="text-xs">{type}</code>{" "}
              <span className="text-xs text-muted-foreground">
                {t("since", { time: format.dateTime(since, "moment") })}
              </span>
            </li>
          ))}
        </ul>
      </Fact>
    </dl>
  );
}

function Count({ state, count }: { state: EffectState; count: number }) {
  const format = useFormatter();
  return (
    <Link
      href={effectsHref(state)}
      className={cn(
        "rounded-sm text-2xl leading-none font-semibold tracking-tight tabular-nums underline-offset-4 outline-none hover:underline focus-visible:ring-[3px] focus-visible:ring-ring/50",
        state === "dead" && count > 0 && "text-destructive",
      )}
      data-testid={`${state}-count`}
    >
      {format.number(count)}
    </Link>
  );
}
