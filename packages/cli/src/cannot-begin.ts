import type { Run, SyncErrorCode } from "@rollcall/sync";

// Who started it waits for the first sign of life no longer than this. The run is patient for an hour, and goes on later.
const GIVES_UP_AFTER_MS = 10_000;
const TROUBLES = new Set<SyncErrorCode | null>(["CLERK_ERROR", "CLERK_UNREACHABLE", "CLERK_TIMEOUT"]);

/** Watches a run that has not begun. @returns why it cannot begin, once Clerk has been in trouble for ten seconds */
export function watchBeginning(): (run: Run) => SyncErrorCode | null {
  let troubledSince: number | undefined;
  return ({ report, windows }) => {
    const code = windows[0]?.lastError ?? null;
    if (report.state !== "planned" || !TROUBLES.has(code)) {
      troubledSince = undefined;
      return null;
    }
    troubledSince ??= performance.now();
    return performance.now() - troubledSince > GIVES_UP_AFTER_MS ? code : null;
  };
}
