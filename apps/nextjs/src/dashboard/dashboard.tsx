"use client";

import { useQuery } from "@tanstack/react-query";
import { AccountDeleted } from "@/session/account-deleted.tsx";
import { useTRPC } from "@/trpc/client.tsx";
import { toFailure } from "@/trpc/failure.ts";
import { Changes } from "./changes.tsx";
import { DashboardSkeleton } from "./dashboard-skeleton.tsx";
import { DirectoryAlert } from "./directory-alert.tsx";
import type { Explanations } from "./explanations.ts";
import { FailureAlert } from "./failure-alert.tsx";
import { Figures } from "./figures.tsx";
import { Profile } from "./profile.tsx";
import { AllUsers } from "./runs/all-users.tsx";

export function Dashboard({ explanations }: { explanations: Explanations }) {
  const trpc = useTRPC();
  const status = useQuery(trpc.sync.status.queryOptions());

  if (status.data) {
    const { me, directory, directoryError } = status.data;
    return (
      <div className="grid gap-6">
        {status.error && <FailureAlert error={status.error} onRetry={() => status.refetch()} />}
        <Profile me={me} explanations={explanations} />
        {directoryError && <DirectoryAlert error={directoryError} onRetry={() => status.refetch()} />}
        {directory && (
          <>
            <Figures directory={directory} />
            <AllUsers directory={directory} explanations={explanations} />
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
