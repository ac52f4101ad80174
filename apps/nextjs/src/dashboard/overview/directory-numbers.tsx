"use client";

import type { DirectoryStatus } from "@rollcall/sync";
import Link from "next/link";
import { useFormatter, useTranslations } from "next-intl";
import { cn } from "@/lib/cn.ts";
import { DASHBOARD } from "../pages.ts";

type Name = "atClerk" | "live" | "netDifference" | "conflicts" | "unadopted" | "deleted";

/** The directory in numbers, each with a link to the users that it counts. */
export function DirectoryNumbers({ directory }: { directory: DirectoryStatus }) {
  const { netDifference } = directory;
  const numbers: { name: Name; href?: string; isWrong?: boolean }[] = [
    { name: "atClerk" },
    { name: "live", href: `${DASHBOARD}/users` },
    { name: "netDifference", isWrong: Boolean(netDifference) },
    { name: "conflicts", href: `${DASHBOARD}/users?state=conflict`, isWrong: directory.conflicts > 0 },
    { name: "unadopted", href: `${DASHBOARD}/users?state=not_synced`, isWrong: directory.unadopted > 0 },
    { name: "deleted", href: `${DASHBOARD}/users?state=deleted` },
  ];
  return (
    <dl className="grid grid-cols-2 gap-px overflow-hidden rounded-xl border bg-border shadow-xs sm:grid-cols-3 xl:grid-cols-6">
      {numbers.map(({ name, href, isWrong = false }) => (
        <Figure key={name} name={name} value={directory[name]} isWrong={isWrong} {...(href && { href })} />
      ))}
    </dl>
  );
}

function Figure({ name, value, href, isWrong }: { name: Name; value: number | null; href?: string; isWrong: boolean }) {
  const t = useTranslations("overview");
  const format = useFormatter();
  return (
    <div className="relative bg-card px-5 py-4 has-[a:hover]:bg-accent/60">
      <dt className="text-sm text-muted-foreground">
        {href ? (
          <Link
            href={href}
            className="outline-none after:absolute after:inset-0 focus-visible:after:ring-[3px] focus-visible:after:ring-ring/50 focus-visible:after:ring-inset"
          >
            {t(`numbers.${name}`)}
          </Link>
        ) : (
          t(`numbers.${name}`)
        )}
      </dt>
      <dd className="mt-1">
        <span
          className={cn("text-2xl leading-none font-semibold tracking-tight tabular-nums", isWrong && "text-warning")}
          data-testid={name}
        >
          {value === null ? t("numbers.unknown") : format.number(value)}
        </span>
        <span className="mt-1.5 block text-xs text-muted-foreground">{t(`notes.${name}`)}</span>
      </dd>
    </div>
  );
}
