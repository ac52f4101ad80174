import { type Database, type Queries, readCommitted } from "../database/database.ts";
import { withSyncErrors } from "../database/database-error.ts";
import { ANSWER_MS, within } from "../database/deadline.ts";
import { NO_UNIQUE_INDEXES, retryOnRace } from "../database/retry.ts";
import type { ApplicationTables } from "../database/tables.ts";
import { isClerkId } from "../snapshot/clerk-user.ts";
import { newestOfEach, type Snapshot } from "../snapshot/snapshot.ts";
import { arrayLiteral } from "./array-literal.ts";
import { bisectRejected, type Rejected } from "./bisect-rejected.ts";
import { checkTables } from "./check-tables.ts";
import { type Applied, failed } from "./outcome.ts";
import {
  insertTombstonesStatement,
  lockOwnersStatement,
  lockStatement,
  type ProjectedRow,
  projectStatement,
  type Recorded,
  recordStatement,
  releaseStatement,
} from "./statements/contended.ts";
import { type FastRow, fastStatement, previewStatement } from "./statements/fast.ts";
import { quote } from "./statements/fragments.ts";
import { type LiftReason, liftStatement } from "./statements/remove.ts";
import { type ClaimRow, claimRequestStatement } from "./statements/request.ts";
import { createTurns } from "./turns.ts";

// The slow path waits for its turn behind those of other processes: Prisma's 5 s would end it while it is merely queueing.
const SLOW_PATH_MS = { maxWait: 15_000, timeout: 60_000 };

/** The one way into the three tables. */
export interface WritePath {
  /**
   * Applies what Clerk said, in any order, as often as it is said, by any number of processes at once: per user the
   * newest version stands, and every address is shown at its owner. Never inside of a longer transaction: it is
   * idempotent, and a caller that holds rows while it waits for the lock would deadlock.
   *
   * @param options.touch write `checkedAt` of users that are otherwise unchanged
   * @returns one result a user; of several snapshots of one user the newest counts
   * @throws SyncError SCHEMA_MISMATCH or DATABASE_UNREACHABLE
   */
  applySnapshots(snapshots: readonly Snapshot[], options?: { touch?: boolean }): Promise<Applied[]>;
  /**
   * Makes tombstones, which win over every snapshot: no personal data is left in `ClerkUser`, the four columns of
   * `User` and the customer's name. Also of users never seen; then neither `User` nor `Customer` is made.
   *
   * @param by.checkedAt the time of the answer in which Clerk denied the users, where a run asked for them
   * @throws SyncError SCHEMA_MISMATCH or DATABASE_UNREACHABLE
   */
  applyDeletions(
    ids: readonly string[],
    by: { instanceId: string; deletedBy: "webhook" | "run"; checkedAt?: Date | null },
  ): Promise<Applied[]>;
  /**
   * Removes the tombstone of a user whom Clerk has just shown to be alive, unless it came to outweigh `by` meanwhile.
   *
   * @returns whether it did
   * @throws SyncError SCHEMA_MISMATCH or DATABASE_UNREACHABLE
   */
  liftTombstone(userId: string, by: LiftReason): Promise<boolean>;
  /**
   * Claims the moment for a sync by hand: at most once in ten seconds a user, over all processes.
   *
   * @returns null where the user has no row yet on which anything could be claimed
   * @throws SyncError SCHEMA_MISMATCH or DATABASE_UNREACHABLE
   */
  claimRequest(userId: string): Promise<ClaimRow | null>;
  /** What `applySnapshots` would do; writes nothing. @throws SyncError SCHEMA_MISMATCH or DATABASE_UNREACHABLE */
  preview(snapshots: readonly Snapshot[]): Promise<Applied[]>;
  /** Refreshes the planner's statistics: after a first import it still believes that the tables are nearly empty. */
  analyse(): Promise<void>;
  /** @throws SyncError SCHEMA_MISMATCH, naming each column and the statement that mends it, or DATABASE_UNREACHABLE */
  checkTables(): Promise<void>;
}

export function createWritePath(db: Database, tables: ApplicationTables): WritePath {
  const fast = fastStatement(tables);
  const preview = previewStatement(tables);
  const record = recordStatement(tables);
  const insertTombstones = insertTombstonesStatement(tables);
  const release = releaseStatement(tables);
  const project = projectStatement(tables);

  let checked: Promise<ReadonlySet<string>> | undefined;
  function uniqueIndexes(): Promise<ReadonlySet<string>> {
    checked ??= within(ANSWER_MS, () => checkTables(db, tables)).catch((error: unknown) => {
      checked = undefined; // a database that was away, or was mended, is looked at again
      throw error;
    });
    return checked;
  }

  const inLine = createTurns(SLOW_PATH_MS.maxWait + SLOW_PATH_MS.timeout);

  const judge = (batch: Snapshot[], touch: boolean) =>
    db.$queryRawUnsafe<FastRow[]>(fast, ...snapshotArrays(batch), touch);

  /**
   * One at a time over the whole database. Without the lock, one that gives an address up and one that loses it to him
   * can miss each other, and the address ends with nobody or at the wrong one.
   */
  const withAdvisoryLock = (
    asked: string[],
    write: (transaction: Queries) => PromiseLike<Recorded[]>,
  ): Promise<Exclude<Applied, { outcome: "failed" }>[]> =>
    inLine(() =>
      db.$transaction(
        async (transaction) => {
          await transaction.$executeRawUnsafe(lockStatement);
          // A statement of its own: under READ COMMITTED it sees what was committed while this one waited.
          const [recorded] = await write(transaction);
          if (!recorded) throw new Error("the statement that records gave no row");
          // As in the fast path: first the user in ClerkUser, then the application's row. Else the two would deadlock.
          await transaction.$executeRawUnsafe(lockOwnersStatement, recorded.addresses);
          await transaction.$executeRawUnsafe(release, recorded.addresses);
          // Once more: while the release waited for a row, the fast path may have committed the first claim on its address.
          const owners = await transaction.$queryRawUnsafe<{ id: string }[]>(lockOwnersStatement, recorded.addresses);
          const rows = await transaction.$queryRawUnsafe<ProjectedRow[]>(
            project,
            [...recorded.ids, ...owners.map(({ id }) => id)],
            recorded.addresses,
            asked,
          );
          const written = new Set(recorded.ids);
          const known = new Set(recorded.known);
          return rows.map(({ id, dead, conflict }) => ({
            id,
            conflict,
            outcome: dead ? "deleted" : !written.has(id) ? "outdated" : known.has(id) ? "updated" : "created",
          }));
        },
        { ...readCommitted, ...SLOW_PATH_MS },
      ),
    );

  const settle = (batch: Snapshot[]) =>
    withAdvisoryLock(
      batch.map(({ id }) => id),
      (transaction) => transaction.$queryRawUnsafe<Recorded[]>(record, ...snapshotArrays(batch)),
    );

  return {
    applySnapshots: (snapshots, { touch = false } = {}) =>
      withSyncErrors(async () => {
        const indexes = await uniqueIndexes();
        const { fit, unfit } = screen(newestOfEach(snapshots));
        const judged = await bisectRejected(fit, indexes, (part) => retryOnRace(indexes, () => judge(part, touch)));
        const contended = new Set(judged.results.filter(({ outcome }) => outcome === "contended").map(({ id }) => id));
        const rest = fit.filter(({ id }) => contended.has(id));
        const settled = await bisectRejected(rest, indexes, (part) => retryOnRace(indexes, () => settle(part)));
        return [
          ...judged.results.filter(isDecided),
          ...settled.results,
          ...unfit,
          ...[...judged.rejected, ...settled.rejected].map(refused),
        ];
      }),

    applyDeletions: (ids, { instanceId, deletedBy, checkedAt = null }) =>
      withSyncErrors(async () => {
        const indexes = await uniqueIndexes();
        const unique = [...new Set(ids)];
        const by = [instanceId, deletedBy, checkedAt?.getTime() ?? null];
        const buried = await bisectRejected(unique.filter(isClerkId), indexes, (part) =>
          retryOnRace(indexes, () =>
            withAdvisoryLock(part, (transaction) =>
              transaction.$queryRawUnsafe<Recorded[]>(insertTombstones, part, ...by),
            ),
          ),
        );
        return [
          ...buried.results,
          ...unique.filter((id) => !isClerkId(id)).map((id) => failed(id, NOT_CLERKS)),
          ...buried.rejected.map(({ item, sqlState }) => failed(item, `SQLSTATE ${sqlState}`)),
        ];
      }),

    liftTombstone: (userId, by) =>
      withSyncErrors(() =>
        retryOnRace(NO_UNIQUE_INDEXES, () =>
          inLine(() =>
            db.$transaction(
              async (transaction) => {
                await transaction.$executeRawUnsafe(lockStatement);
                const tokenIssuedAt = by === "revive" ? null : by.tokenIssuedAt.getTime();
                return (await transaction.$executeRawUnsafe(liftStatement, userId, tokenIssuedAt)) > 0;
              },
              { ...readCommitted, ...SLOW_PATH_MS },
            ),
          ),
        ),
      ),

    claimRequest: (userId) =>
      withSyncErrors(async () => {
        const [row] = await db.$queryRawUnsafe<ClaimRow[]>(claimRequestStatement, userId);
        return row ?? null;
      }),

    preview: (snapshots) =>
      withSyncErrors(async () => {
        const indexes = await uniqueIndexes();
        const { fit, unfit } = screen(newestOfEach(snapshots));
        const foreseen = await bisectRejected(fit, indexes, (part) =>
          retryOnRace(indexes, () => db.$queryRawUnsafe<Decided[]>(preview, ...snapshotArrays(part), false)),
        );
        return [...foreseen.results, ...unfit, ...foreseen.rejected.map(refused)];
      }),

    analyse: () =>
      withSyncErrors(async () => {
        const names = ["ClerkUser", tables.user.table, tables.customer.table].map(quote).join(", ");
        await db.$executeRawUnsafe(`analyze ${names}`);
      }),

    checkTables: () =>
      withSyncErrors(async () => {
        await uniqueIndexes();
      }),
  };
}

type Decided = FastRow & { outcome: Exclude<FastRow["outcome"], "contended"> };
const isDecided = (row: FastRow): row is Decided => row.outcome !== "contended";

const refused = ({ item, sqlState }: Rejected<Snapshot>): Applied => failed(item.id, `SQLSTATE ${sqlState}`);

const NOT_CLERKS = "the id is not of Clerk's form";

/** What needs no database to be refused: an id that is not of Clerk's form, a time that is none. */
function screen(snapshots: Snapshot[]): { fit: Snapshot[]; unfit: Applied[] } {
  const fit: Snapshot[] = [];
  const unfit: Applied[] = [];
  for (const snapshot of snapshots) {
    const badTime = TIMES.find((column) => !isReadable(snapshot[column]));
    if (!isClerkId(snapshot.id)) unfit.push(failed(snapshot.id, NOT_CLERKS));
    else if (badTime) unfit.push(failed(snapshot.id, `${badTime} is no valid time`));
    else fit.push(snapshot);
  }
  return { fit, unfit };
}

const TIMES = ["emailVerifiedAt", "emailSince", "createdAt", "updatedAt", "checkedAt"] as const;

// PostgreSQL stores other years, too, but Prisma reads them as no time at all.
const FIRST_TIME = Date.parse("0001-01-01T00:00:00Z");
const LAST_TIME = Date.parse("9999-12-31T23:59:59.999Z");
const isReadable = (time: Date | null): boolean =>
  time === null || (time.getTime() >= FIRST_TIME && time.getTime() <= LAST_TIME);

/** The ten arrays of `incoming`, in its order. */
function snapshotArrays(batch: readonly Snapshot[]): string[] {
  return [
    batch.map(({ id }) => id),
    batch.map(({ instanceId }) => instanceId),
    batch.map(({ email }) => email),
    batch.map(({ emailVerifiedAt }) => emailVerifiedAt?.getTime() ?? null),
    batch.map(({ emailSince }) => emailSince?.getTime() ?? null),
    batch.map(({ name }) => name),
    batch.map(({ image }) => image),
    batch.map(({ createdAt }) => createdAt.getTime()),
    batch.map(({ updatedAt }) => updatedAt.getTime()),
    batch.map(({ checkedAt }) => checkedAt.getTime()),
  ].map(arrayLiteral);
}
