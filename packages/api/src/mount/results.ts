import type { DirectoryStatus, MirroredUser, Run } from "@rollcall/sync";
import type { SyncState } from "./context.ts";

/** What the procedures of the `sync` router answer. */
export interface Status {
  me: { user: MirroredUser } & SyncState;
  /** For admins alone. */
  directory: DirectoryStatus | null;
}

/** The newest first. */
export interface RunPage {
  items: Run[];
  /** For the next page; null where there is none. */
  nextCursor: string | null;
}
