"use client";

import { useClerk } from "@clerk/nextjs";
import { type ReactNode, useCallback, useSyncExternalStore } from "react";

/**
 * Shows Clerk's components as soon as Clerk's script has loaded. Clerk's own `<ClerkLoaded>` and its components can wait
 * forever: their provider listens only after its first render, and misses a script that loads faster.
 */
export function WhenClerkLoaded({
  children,
  loading = null,
  failed = null,
}: {
  children: ReactNode;
  loading?: ReactNode;
  failed?: ReactNode;
}) {
  switch (useClerkStatus()) {
    case "loading":
      return loading;
    case "error":
      return failed;
    default:
      return children;
  }
}

function useClerkStatus() {
  const clerk = useClerk();
  const subscribe = useCallback(
    (changed: () => void) => {
      clerk.on("status", changed);
      return () => clerk.off("status", changed);
    },
    [clerk],
  );
  return useSyncExternalStore(
    subscribe,
    () => clerk.status,
    () => "loading" as const,
  );
}
