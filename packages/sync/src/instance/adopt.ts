import { z } from "zod/v4";
import type { ClerkApi } from "../clerk/clerk-api.ts";
import { getInstanceId } from "../clerk/directory.ts";
import type { Database } from "../database/database.ts";
import { withSyncErrors } from "../database/database-error.ts";
import { NO_UNIQUE_INDEXES, retryOnRace } from "../database/retry.ts";
import { restartStatement } from "../effects/statements/overview.ts";
import { cancelOpenRuns } from "../runs/statements/end-run.ts";
import { patientLockStatement } from "../write-path/statements/contended.ts";
import { releaseInstanceStatement } from "../write-path/statements/remove.ts";
import { activeInstance } from "./active-instance.ts";

/** The result of making an instance the database's active one. */
export interface Adoption {
  /** The active instance from now on: the one that the secret key belongs to. */
  instanceId: string;
  /** The previous one; the same if it was already active, null if there was none. */
  previous: string | null;
  /**
   * Users of other instances who are no longer synced. If the instance was already active: those that a process of the
   * former instance still wrote. Their rows in the application's tables are kept unchanged.
   */
  released: number;
}

// It queues behind the slow path, and a million rows take a while.
const ADOPTION_MS = { maxWait: 15_000, timeout: 10 * 60_000 };

const releasedRow = z.tuple([z.object({ released: z.number() })]);

const activateStatement = `insert into rollcall."ClerkInstance" (id, "adoptedAt") values ($1::text, clock_timestamp())
on conflict ((true)) do update set id = excluded.id, "adoptedAt" = excluded."adoptedAt"`;
// If an instance comes back, its users are no longer synced: the changes since a high-water mark would not cover them all.
const forgetMarksStatement = `update rollcall."SyncRun" set mark = null where mark is not null`;

/**
 * Makes the key's instance the one that the database mirrors, and releases the users of other instances: each row of `User`
 * stays, as a row not synced yet. Runs over the former instance are cancelled, and the next run is a full one.
 *
 * @throws SyncError DATABASE_UNREACHABLE, SCHEMA_MISMATCH, and what `ClerkApi.get` throws; then nothing was changed
 */
export async function adoptInstance(db: Database, clerk: ClerkApi): Promise<Adoption> {
  const instanceId = await getInstanceId(clerk);
  const adopt = () =>
    db.transaction(async (transaction): Promise<Adoption> => {
      await transaction.query(patientLockStatement);
      const previous = await activeInstance(transaction);
      if (previous !== instanceId) {
        await transaction.query(activateStatement, [instanceId]);
        await transaction.query(cancelOpenRuns);
        await transaction.query(forgetMarksStatement);
        await transaction.query(restartStatement);
      }
      const [{ released }] = releasedRow.parse(await transaction.query(releaseInstanceStatement, [instanceId]));
      return { instanceId, previous, released };
    }, ADOPTION_MS);
  return withSyncErrors(() => retryOnRace(NO_UNIQUE_INDEXES, adopt));
}
