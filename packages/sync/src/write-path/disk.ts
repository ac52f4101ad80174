import { readDatabaseError } from "../database/database-error.ts";
import { SyncError } from "../sync-error.ts";
import type { WritePath } from "./write-path.ts";

/** Tracks whether the database's disk is full. Only a write can tell: reads continue to work. */
export interface Disk {
  /** Whether the last write of this process failed for lack of space, less than ten minutes ago. */
  isFull(): boolean;
  /** The same write path, with its writes observed. */
  noting(writePath: WritePath): WritePath;
}

// If the disk was fixed and nothing was written since, nothing would clear the flag. Svix delivers again within this time.
const NOTED_FOR_MS = 10 * 60_000;

export function createDisk(now = () => performance.now()): Disk {
  let fullAt: number | undefined;

  async function noted<T>(write: Promise<T>, hasWritten: (result: T) => boolean): Promise<T> {
    try {
      const result = await write;
      if (hasWritten(result)) fullAt = undefined;
      return result;
    } catch (error) {
      if (isDiskFull(error)) fullAt = now();
      throw error;
    }
  }

  return {
    isFull: () => fullAt !== undefined && now() - fullAt < NOTED_FOR_MS,
    noting: (writePath) => ({
      ...writePath,
      applySnapshots: (snapshots, options) =>
        noted(writePath.applySnapshots(snapshots, options), (applied) =>
          applied.some(({ outcome }) => outcome === "created" || outcome === "updated"),
        ),
      applyDeletions: (ids, by) => noted(writePath.applyDeletions(ids, by), (applied) => applied.length > 0),
    }),
  };
}

function isDiskFull(error: unknown): boolean {
  const failure = error instanceof SyncError ? readDatabaseError(error.cause) : undefined;
  return failure?.kind === "unavailable" && failure.why === "full";
}
