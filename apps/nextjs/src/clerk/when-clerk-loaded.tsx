"use client";

import { useClerk } from "@clerk/nextjs";
import { type ReactNode, useCallback, useSyncExternalStore } from "react";

/**
 * For Clerk's components: shows them as soon as Clerk's script is there. Clerk's own `<ClerkLoaded>` and its components
 * can wait for ever, for its provider listens only after its first render, and misses a script that was faster.
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
