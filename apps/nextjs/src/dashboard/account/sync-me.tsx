"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { CircleCheck, Clock, RefreshCw } from "lucide-react";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { FailureAlert } from "@/components/failure-alert.tsx";
import { Alert, AlertDescription, AlertTitle } from "@/components/ui/alert.tsx";
import { Button } from "@/components/ui/button.tsx";
import { cn } from "@/lib/cn.ts";
import { useDuration } from "@/lib/use-duration.ts";
import { useNow } from "@/lib/use-now.ts";
import { useTRPC } from "@/trpc/client.tsx";
import { toFailure } from "@/trpc/failure.ts";

export function SyncMe() {
  const t = useTranslations("account");
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [nextAt, setNextAt] = useState(0);
  const syncMe = useMutation(
    trpc.sync.syncMe.mutationOptions({
      // The answer is the new status: no refetch needed.
      onSuccess: ({ user, conflict, source, syncedAt }) =>
        queryClient.setQueryData(
          trpc.sync.status.queryKey(),
          (status) => status && { ...status, me: { user, state: "fresh" as const, source, syncedAt, conflict } },
        ),
      onError: (error) => setNextAt(Date.now() + (toFailure(error).retryAfterMs ?? 0)),
    }),
  );

  return (
    <div>
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <Button onClick={() => syncMe.mutate()} disabled={syncMe.isPending}>
          <RefreshCw aria-hidden="true" className={cn(syncMe.isPending && "animate-spin motion-reduce:animate-none")} />
          {syncMe.isPending ? t("asking") : t("syncMe")}
        </Button>
        <p className="text-sm text-muted-foreground">{t("syncMeText")}</p>
      </div>
      <div aria-live="polite" className="*:mt-4" data-testid="sync-me-result">
        {syncMe.data && (
          <Alert variant="success">
            <CircleCheck aria-hidden="true" />
            <AlertTitle>{t("synced")}</AlertTitle>
            <AlertDescription>{t(`outcomes.${syncMe.data.outcome}`)}</AlertDescription>
          </Alert>
        )}
        {syncMe.error &&
          (toFailure(syncMe.error).code === "THROTTLED" ? (
            <Throttled until={nextAt} />
          ) : (
            <FailureAlert error={syncMe.error} />
          ))}
      </div>
    </div>
  );
}

function Throttled({ until }: { until: number }) {
  const t = useTranslations("account");
  const duration = useDuration();
  const wait = until - useNow();
  return (
    <Alert>
      <Clock aria-hidden="true" />
      <AlertTitle>{t("throttled")}</AlertTitle>
      <AlertDescription>
        {/* A screen reader that announced each second would drown everything else. */}
        <p aria-live="off">{wait > 0 ? t("againIn", { time: duration(wait) }) : t("againNow")}</p>
      </AlertDescription>
    </Alert>
  );
}
