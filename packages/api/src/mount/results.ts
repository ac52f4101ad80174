import type { DirectoryStatus, Effect, EffectsSummary, MirroredUser, Run, SyncErrorCode } from "@rollcall/sync";
import type { SyncState } from "./context.ts";

/** What the procedures of the `sync` router answer. */
export interface Status {
  me: { user: MirroredUser } & SyncState;
  /** Only for admins; also null if it could not be read. */
  directory: DirectoryStatus | null;
  /** Why an admin's `directory` could not be read; otherwise null. */
  directoryError: { code: SyncErrorCode; message: string; hint: string } | null;
}

/** Newest first. */
export interface RunPage {
  items: Run[];
  /** For the next page; null if there is none. */
  nextCursor: string | null;
}

/** Pending effects by the time when they are due, dead ones by the time when they died. */
export interface EffectsList {
  summary: EffectsSummary;
  items: Effect[];
  /** For the next page; null if there is none. */
  nextCursor: string | null;
}
