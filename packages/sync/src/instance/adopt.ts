import type { ClerkApi } from "../clerk/clerk-api.ts";
import { getInstanceId } from "../clerk/directory.ts";
import { type Database, readCommitted } from "../database/database.ts";
import { withSyncErrors } from "../database/database-error.ts";
import { NO_UNIQUE_INDEXES, retryOnRace } from "../database/retry.ts";
import { cancelOpenRuns } from "../runs/statements/end-run.ts";
import { patientLockStatement } from "../write-path/statements/contended.ts";
import { releaseInstanceStatement } from "../write-path/statements/remove.ts";
import { activeInstance } from "./active-instance.ts";

/** What became of the database when an instance was made its active one. */
export interface Adoption {
  /** The active instance from now on: the one that the secret key belongs to. */
  instanceId: string;
  /** The one before; the same where it was active already, and null where there was none. */
  previous: string | null;
  /**
   * Users of other instances who are no longer followed; of the active one's own adoption those that a process of the
   * former instance still wrote. Their rows in the application's tables stand as they are.
   */
  released: number;
}

// It waits for its turn behind the slow path, and a million rows take a while.
const ADOPTION_MS = { maxWait: 15_000, timeout: 10 * 60_000 };

const activateStatement = `insert into "ClerkInstance" (id, "adoptedAt") values ($1::text, clock_timestamp())
on conflict ((true)) do update set id = excluded.id, "adoptedAt" = excluded."adoptedAt"`;
// Of an instance that comes back nobody is followed any more: what changed since a mark would not be everybody.
const forgetMarksStatement = `update "SyncRun" set mark = null where mark is not null`;

/**
 * Makes the key's instance the one that the database mirrors, and lets go of the others' users: each row of `User` stands
 * on as one that no sync has brought yet. Runs over the former instance are cancelled, and the next run is a full one.
 *
 * @throws SyncError DATABASE_UNREACHABLE, SCHEMA_MISMATCH, and what `ClerkApi.get` throws; then nothing was changed
 */
export async function adoptInstance(db: Database, clerk: ClerkApi): Promise<Adoption> {
  const instanceId = await getInstanceId(clerk);
  const adopt = () =>
    db.$transaction(
      async (transaction): Promise<Adoption> => {
        await transaction.$executeRawUnsafe(patientLockStatement);
        const previous = await activeInstance(transaction);
        if (previous !== instanceId) {
          await transaction.$executeRawUnsafe(activateStatement, instanceId);
          await transaction.$executeRawUnsafe(cancelOpenRuns);
          await transaction.$executeRawUnsafe(forgetMarksStatement);
        }
        const released = await transaction.$executeRawUnsafe(releaseInstanceStatement, instanceId);
        return { instanceId, previous, released };
      },
      { ...readCommitted, ...ADOPTION_MS },
    );
  return withSyncErrors(() => retryOnRace(NO_UNIQUE_INDEXES, adopt));
}
