"use client";

import { RefreshCw } from "lucide-react";
import { useTranslations } from "next-intl";
import { Button } from "@/components/ui/button.tsx";
import { cn } from "@/lib/cn.ts";
import { useSyncUser } from "./use-sync-user.ts";

/** "Sync this user", small enough for a row of a list. */
export function SyncUser({ id }: { id: string }) {
  const t = useTranslations("users");
  const sync = useSyncUser();
  return (
    <Button variant="outline" size="sm" onClick={() => sync.mutate({ id })} disabled={sync.isPending}>
      <RefreshCw aria-hidden="true" className={cn(sync.isPending && "animate-spin motion-reduce:animate-none")} />
      {t("sync")}
      <span className="sr-only">{id}</span>
    </Button>
  );
}
