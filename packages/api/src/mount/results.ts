import type { DirectoryStatus, MirroredUser, Run, SyncErrorCode } from "@rollcall/sync";
import type { SyncState } from "./context.ts";

/** What the procedures of the `sync` router answer. */
export interface Status {
  me: { user: MirroredUser } & SyncState;
  /** For admins alone; null, too, where it could not be read. */
  directory: DirectoryStatus | null;
  /** Why an admin's `directory` could not be read; else null. */
  directoryError: { code: SyncErrorCode; message: string; hint: string } | null;
}

/** The newest first. */
export interface RunPage {
  items: Run[];
  /** For the next page; null where there is none. */
  nextCursor: string | null;
}
