import type { DirectoryStatus, MirroredUser, Run, StartedRun, SyncMeResult } from "@rollcall/sync";
import type { SyncState } from "./context.ts";

/** What the procedures of the `sync` router answer. */
export interface Status {
  me: { user: MirroredUser } & SyncState;
  /** For admins alone. */
  directory: DirectoryStatus | null;
}

export type { DirectoryStatus, MirroredUser, Run, StartedRun, SyncMeResult };
