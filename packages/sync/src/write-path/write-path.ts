import type { Database, Queries } from "../database/database.ts";
import { withSyncErrors } from "../database/database-error.ts";
import { ANSWER_MS, within } from "../database/deadline.ts";
import { extraFields } from "../database/extra-fields.ts";
import { NO_UNIQUE_INDEXES, retryOnRace } from "../database/retry.ts";
import { type ApplicationTables, ownIdColumn } from "../database/tables.ts";
import { tracedDatabase } from "../database/traced-database.ts";
import { type Delivery, logEvent, purgeSometimes, shortType } from "../events/event-log.ts";
import { memoizeFor } from "../memoize-for.ts";
import { isClerkId } from "../snapshot/clerk-user.ts";
import { newestOfEach, type Snapshot } from "../snapshot/snapshot.ts";
import { type ReadUser, userReader } from "../snapshot/user-reader.ts";
import { arrayLiteral } from "./array-literal.ts";
import { bisectRejected, type Rejected } from "./bisect-rejected.ts";
import { checkTables } from "./check-tables.ts";
import { type Applied, type Failed, failed, unlinked } from "./outcome.ts";
import { NOT_CLERKS, screenFor } from "./screen.ts";
import { writeUnderLock } from "./slow-path.ts";
import { snapshotArrays } from "./snapshot-arrays.ts";
import { lockOwnersStatement, lockStatement } from "./statements/contended.ts";
import { type FastRow, fastRows, isLogged, type PreviewRow, previewRows } from "./statements/fast.ts";
import { quote } from "./statements/names.ts";
import { type LiftReason, liftStatement } from "./statements/remove.ts";
import { type ClaimRow, claimRequestStatement, claimRows } from "./statements/request.ts";
import { type WriteStatements, writeStatements } from "./statements/write-statements.ts";
import { createTurns } from "./turns.ts";
import { whenLarge } from "./when-large.ts";
import { UNIQUE_VIOLATION, whyRejected } from "./why-rejected.ts";

// The slow path queues behind those of other processes: Prisma's 5 s would end it while it is only waiting.
const SLOW_PATH_MS = { maxWait: 15_000, timeout: 60_000 };

/** The only code that writes the three tables. */
export interface WritePath {
  /** Reads a user object of Clerk's as a snapshot with all that the application has columns for. */
  readUser: ReadUser;
  /**
   * Applies what Clerk said, in any order, any number of times, from any number of processes in parallel: for each user the
   * newest version wins, and every address appears in its owner's row. Never call it inside a longer transaction: it is
   * idempotent, and a caller that holds row locks while it waits for the advisory lock would deadlock.
   *
   * @param options.touch write `checkedAt` of users that are otherwise unchanged
   * @param options.delivery the webhook's delivery of one snapshot: its entry is in the log when this returns
   * @returns one result per user; of several snapshots of one user the newest counts
   * @throws SyncError SCHEMA_MISMATCH or DATABASE_UNREACHABLE
   */
  applySnapshots(
    snapshots: readonly Snapshot[],
    options?: { touch?: boolean; delivery?: Delivery },
  ): Promise<Applied[]>;
  /**
   * Inserts tombstones, which win over every snapshot: no personal data is left in `ClerkUser`, the columns of
   * `User` that are copied from Clerk, and the customer's name. Also for users never seen; then neither `User` nor `Customer` is created.
   *
   * @param by.checkedAt when Clerk answered that the users do not exist, if a run asked for them
   * @throws SyncError SCHEMA_MISMATCH or DATABASE_UNREACHABLE
   */
  applyDeletions(
    ids: readonly string[],
    by: { instanceId: string; deletedBy: "webhook" | "run"; checkedAt?: Date | null },
  ): Promise<Applied[]>;
  /**
   * Removes the tombstone of a user that Clerk has just returned, unless the tombstone has become stronger than `by`.
   *
   * @returns whether it was removed
   * @throws SyncError SCHEMA_MISMATCH or DATABASE_UNREACHABLE
   */
  liftTombstone(userId: string, by: LiftReason): Promise<boolean>;
  /**
   * Claims a sync that the user asked for: at most once in ten seconds per user, across all processes.
   *
   * @returns null if the user has no row yet to hold the claim
   * @throws SyncError SCHEMA_MISMATCH or DATABASE_UNREACHABLE
   */
  claimRequest(userId: string): Promise<ClaimRow | null>;
  /** What `applySnapshots` would do; writes nothing. @throws SyncError SCHEMA_MISMATCH or DATABASE_UNREACHABLE */
  preview(snapshots: readonly Snapshot[]): Promise<Applied[]>;
  /** Refreshes the planner's statistics: after a first import the planner still assumes nearly empty tables. */
  analyse(): Promise<void>;
  /** @throws SyncError SCHEMA_MISMATCH, naming each column and the statement that fixes it, or DATABASE_UNREACHABLE */
  checkTables(): Promise<void>;
}

/** Names for traces. Those that name the application's tables get theirs when they are made. */
const FIXED_STATEMENTS = {
  lock: lockStatement,
  lockOwners: lockOwnersStatement,
  lift: liftStatement,
  claimRequest: claimRequestStatement,
};

/** @param startPreparing called once the tables are known to be large enough for prepared statements */
export function createWritePath(
  client: Database,
  tables: ApplicationTables,
  startPreparing: () => void = () => {},
): WritePath {
  const nameByText = new Map<string, string>();
  const nameAll = (statements: Record<string, string>) => {
    for (const [name, text] of Object.entries(statements)) nameByText.set(text, name);
  };
  nameAll(FIXED_STATEMENTS);
  const db = tracedDatabase(client, (text) => nameByText.get(text));

  const look = () => within(ANSWER_MS, () => checkTables(db, tables));
  const size = whenLarge(look, startPreparing);
  // A failure is not kept: a database that was down, or has been fixed, is checked again.
  const prepare = memoizeFor(Number.POSITIVE_INFINITY, async () => {
    const checked = await look();
    size.saw(checked);
    const { uniqueIndexes, uniqueColumns, types } = checked;
    const statements = writeStatements(tables, types);
    nameAll(statements);
    for (const text of [statements.fastForOne, statements.fastForDelivery]) nameByText.set(text, "fast");
    return { indexes: uniqueIndexes, uniqueColumns, statements };
  });

  const inTurn = createTurns(SLOW_PATH_MS.maxWait + SLOW_PATH_MS.timeout);

  const newId = ownIdColumn(tables.user) === undefined ? undefined : tables.user.newId;
  /** The last parameter of a statement that may insert rows: an id for each user, if the application makes them itself. */
  const newIds = (users: readonly unknown[]) => (newId ? [arrayLiteral(users.map(() => newId()))] : []);

  const hasExtras = extraFields(tables.user.columns).length > 0;
  const arraysOf = (batch: readonly Snapshot[]) => snapshotArrays(batch, hasExtras);

  const judge = async (
    { fast, fastForOne, fastForDelivery }: WriteStatements,
    batch: Snapshot[],
    { touch, delivery }: WriteOptions,
  ): Promise<FastRow[]> => {
    if (batch.length === 1) size.lookAgain();
    const values = [...arraysOf(batch), touch, ...newIds(batch)];
    const rows = delivery
      ? await db.query(fastForDelivery, [...values, delivery.id, shortType(delivery.type)])
      : await db.query(batch.length === 1 ? fastForOne : fast, values);
    return fastRows.parse(rows);
  };

  const withAdvisoryLock = (
    statements: WriteStatements,
    asked: string[],
    record: (transaction: Queries) => Promise<unknown[]>,
  ): Promise<Applied[]> =>
    inTurn(() =>
      db.transaction((transaction) => writeUnderLock(transaction, { statements, asked, record, newIds }), SLOW_PATH_MS),
    );

  const settle = (statements: WriteStatements, batch: Snapshot[]) =>
    withAdvisoryLock(
      statements,
      batch.map(({ id }) => id),
      (transaction) => transaction.query(statements.record, arraysOf(batch)),
    );

  const screen = screenFor(tables);

  /** The fast path, then the slow path for who is contended. */
  async function write(batch: Snapshot[], options: WriteOptions): Promise<Written> {
    const { indexes, statements } = await prepare();
    const judged = await bisectRejected(batch, indexes, (part) =>
      retryOnRace(indexes, () => judge(statements, part, options)),
    );
    const contended = new Set(judged.results.filter(({ outcome }) => outcome === "contended").map(({ id }) => id));
    const rest = batch.filter(({ id }) => contended.has(id));
    const settled = await bisectRejected(rest, indexes, (part) => retryOnRace(indexes, () => settle(statements, part)));
    const results = [...judged.results.filter(isDecided).map(applied), ...settled.results];
    const rejected = [...judged.rejected, ...settled.rejected];
    const collided = rejected.filter(({ sqlState }) => sqlState === UNIQUE_VIOLATION);
    const logged = options.delivery !== undefined && judged.results.some(isLogged);
    if (collided.length === 0 || collided.length === batch.length) return { results, rejected, logged };
    // A value that one user of the batch has given up by now, such as a username, may be another's.
    const again = await write(
      collided.map(({ item }) => item),
      options,
    );
    const others = rejected.filter(({ sqlState }) => sqlState !== UNIQUE_VIOLATION);
    return { results: [...results, ...again.results], rejected: [...others, ...again.rejected], logged };
  }

  return {
    readUser: userReader(tables.user.columns),

    applySnapshots: (snapshots, { touch = false, delivery } = {}) =>
      withSyncErrors(async () => {
        const { uniqueColumns } = await prepare();
        const { fit, unfit } = screen(newestOfEach(snapshots));
        const { results, rejected, logged } = await write(fit, { touch, delivery });
        const all = [...results, ...unfit, ...rejected.map((one) => refused(one, uniqueColumns))];
        if (logged) await purgeSometimes(db);
        else if (delivery) await logDelivery(db, delivery, all);
        return all;
      }),

    applyDeletions: (ids, { instanceId, deletedBy, checkedAt = null }) =>
      withSyncErrors(async () => {
        const { indexes, uniqueColumns, statements } = await prepare();
        const unique = [...new Set(ids)];
        const by = [instanceId, deletedBy, checkedAt?.getTime() ?? null];
        const tombstoned = await bisectRejected(unique.filter(isClerkId), indexes, (part) =>
          retryOnRace(indexes, () =>
            withAdvisoryLock(statements, part, (transaction) =>
              transaction.query(statements.insertTombstones, [part, ...by]),
            ),
          ),
        );
        return [
          ...tombstoned.results,
          ...unique.filter((id) => !isClerkId(id)).map((id) => failed(id, NOT_CLERKS)),
          ...tombstoned.rejected.map(({ item, ...why }) => failed(item, whyRejected(why, uniqueColumns))),
        ];
      }),

    liftTombstone: (userId, by) =>
      withSyncErrors(() =>
        retryOnRace(NO_UNIQUE_INDEXES, () =>
          inTurn(() =>
            db.transaction(async (transaction) => {
              await transaction.query(lockStatement);
              const tokenIssuedAt = by === "revive" ? null : by.tokenIssuedAt.getTime();
              return (await transaction.query(liftStatement, [userId, tokenIssuedAt])).length > 0;
            }, SLOW_PATH_MS),
          ),
        ),
      ),

    claimRequest: (userId) =>
      withSyncErrors(async () => {
        const [row] = claimRows.parse(await db.query(claimRequestStatement, [userId]));
        return row ?? null;
      }),

    preview: (snapshots) =>
      withSyncErrors(async () => {
        const { indexes, uniqueColumns, statements } = await prepare();
        const { fit, unfit } = screen(newestOfEach(snapshots));
        const foreseen = await bisectRejected(fit, indexes, (part) =>
          retryOnRace(indexes, async () =>
            previewRows.parse(await db.query(statements.preview, [...arraysOf(part), false])),
          ),
        );
        return [
          ...foreseen.results.map(applied),
          ...unfit,
          ...foreseen.rejected.map((one) => refused(one, uniqueColumns)),
        ];
      }),

    analyse: () =>
      withSyncErrors(async () => {
        const { user, customer } = tables;
        const application = [user.table, ...(customer ? [customer.table] : [])].map(quote);
        await db.query(`analyze ${['rollcall."ClerkUser"', ...application].join(", ")}`);
      }),

    checkTables: () =>
      withSyncErrors(async () => {
        await prepare();
      }),
  };
}

const isDecided = (row: FastRow): row is PreviewRow => row.outcome !== "contended";

const applied = ({ id, outcome, conflict }: PreviewRow): Applied =>
  outcome === "unlinked" ? unlinked(id) : { id, outcome, conflict };

interface WriteOptions {
  touch: boolean;
  delivery: Delivery | undefined;
}

interface Written {
  results: Applied[];
  rejected: Rejected<Snapshot>[];
  /** Whether the delivery's entry was written with the user. */
  logged: boolean;
}

const logDelivery = async (db: Queries, delivery: Delivery, [applied]: Applied[]): Promise<void> => {
  if (!applied) return;
  const { id, outcome } = applied;
  const userId = isClerkId(id) ? id : null;
  const code = outcome === "failed" ? applied.code : null;
  await logEvent(db, { ...delivery, source: "webhook", userId, outcome, code });
};

const refused = ({ item, ...why }: Rejected<Snapshot>, uniqueColumns: ReadonlyMap<string, string>): Failed =>
  failed(item.id, whyRejected(why, uniqueColumns));
