import { readDatabaseError } from "../database/database-error.ts";
import { SyncError } from "../sync-error.ts";
import type { WritePath } from "./write-path.ts";

/** Knows whether the database's disk is full. Only a write can tell: what is read goes on as before. */
export interface Disk {
  /** Did the last write of this process end for want of space, less than ten minutes ago? */
  isFull(): boolean;
  /** The same write path, whose writes are noted. */
  noting(writePath: WritePath): WritePath;
}

// Mended, and nothing written since: nobody would take the note back. Svix delivers again within this time.
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
