import type { Run, SyncErrorCode } from "@rollcall/sync";

// How long the person at the terminal waits for a first sign of life. The run itself is patient for an hour, and resumes later.
const GIVES_UP_AFTER_MS = 10_000;
const TROUBLES = new Set<SyncErrorCode | null>(["CLERK_ERROR", "CLERK_UNREACHABLE", "CLERK_TIMEOUT"]);

/** Watches a run that has not started. @returns why it cannot start, once Clerk has failed for ten seconds */
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
