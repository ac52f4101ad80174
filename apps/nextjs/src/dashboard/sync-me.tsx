"use client";

import type { RouterOutputs } from "@rollcall/api";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { CircleCheck, Clock, RefreshCw } from "lucide-react";
import { useState } from "react";
import { Alert, AlertDescription, AlertTitle } from "@/components/ui/alert.tsx";
import { Button } from "@/components/ui/button.tsx";
import { cn } from "@/lib/cn.ts";
import { formatDuration } from "@/lib/format.ts";
import { useNow } from "@/lib/use-now.ts";
import { useTRPC } from "@/trpc/client.tsx";
import { toFailure } from "@/trpc/failure.ts";
import { FailureAlert } from "./failure-alert.tsx";

const outcomes: Record<RouterOutputs["sync"]["syncMe"]["outcome"], string> = {
  created: "Your row was created.",
  updated: "Your row was updated.",
  unchanged: "Nothing had changed at Clerk.",
  outdated: "Your row is newer than Clerk’s answer and was kept.",
  deleted: "You were deleted at Clerk.",
};

export function SyncMe() {
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
          {syncMe.isPending ? "Asking Clerk…" : "Sync me"}
        </Button>
        <p className="text-sm text-muted-foreground">Fetches your profile from Clerk now.</p>
      </div>
      <div aria-live="polite" className="*:mt-4" data-testid="sync-me-result">
        {syncMe.data && (
          <Alert variant="success">
            <CircleCheck aria-hidden="true" />
            <AlertTitle>Synced</AlertTitle>
            <AlertDescription>{outcomes[syncMe.data.outcome]}</AlertDescription>
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
  const now = useNow();
  const wait = now === null ? 0 : until - now;
  return (
    <Alert>
      <Clock aria-hidden="true" />
      <AlertTitle>A sync was requested a moment ago</AlertTitle>
      <AlertDescription>
        {/* A screen reader that announced each second would drown everything else. */}
        <p>
          You can sync again <span aria-live="off">{wait > 0 ? `in ${formatDuration(wait)}` : "now"}</span>.
        </p>
      </AlertDescription>
    </Alert>
  );
}
