"use client";

import { useQuery } from "@tanstack/react-query";
import { AccountDeleted } from "@/session/account-deleted.tsx";
import { useTRPC } from "@/trpc/client.tsx";
import { toFailure } from "@/trpc/failure.ts";
import { Changes } from "./changes.tsx";
import { DashboardSkeleton } from "./dashboard-skeleton.tsx";
import { DirectoryAlert } from "./directory-alert.tsx";
import { DirectoryStats } from "./directory-stats.tsx";
import type { ErrorCatalog } from "./error-catalog.ts";
import { FailureAlert } from "./failure-alert.tsx";
import { Profile } from "./profile.tsx";
import { RunsCard } from "./runs/runs-card.tsx";

export function Dashboard({ errorCatalog }: { errorCatalog: ErrorCatalog }) {
  const trpc = useTRPC();
  const status = useQuery(trpc.sync.status.queryOptions());

  if (status.data) {
    const { me, directory, directoryError } = status.data;
    return (
      <div className="grid gap-6">
        {status.error && <FailureAlert error={status.error} onRetry={() => status.refetch()} />}
        <Profile me={me} errorCatalog={errorCatalog} />
        {directoryError && <DirectoryAlert error={directoryError} onRetry={() => status.refetch()} />}
        {directory && (
          <>
            <DirectoryStats directory={directory} />
            <RunsCard directory={directory} errorCatalog={errorCatalog} />
            <Changes directory={directory} />
          </>
        )}
      </div>
    );
  }
  if (!status.error) return <DashboardSkeleton />;
  if (toFailure(status.error).code === "USER_DELETED") return <AccountDeleted />;
  return <FailureAlert error={status.error} onRetry={() => status.refetch()} />;
}
