import { type AdoptionCounts, adoptionReport } from "./adoption/adoption-report.ts";
import type { AdoptionPerson } from "./adoption/classify.ts";
import { type Linked, type LinkOptions, linkRows } from "./adoption/link-rows.ts";
import { type Pruned, type PruneOptions, prune } from "./adoption/prune.ts";
import type { AfterAnswer } from "./background-work.ts";
import { type CheckReport, runChecks } from "./checks/check.ts";
import { engineChecks } from "./checks/engine-checks.ts";
import { type ClerkCredentials, createClerkApi } from "./clerk/clerk-api.ts";
import { clerkStatus } from "./clerk/clerk-status.ts";
import { halfTheQuota } from "./clerk/half-the-quota.ts";
import { createDashboard, type Dashboard } from "./dashboard.ts";
import { type PrismaClientLike, prismaDatabase } from "./database/adapters/prisma.ts";
import type { Database } from "./database/database.ts";
import { PAGE_MS, within } from "./database/deadline.ts";
import { preparedStatements } from "./database/prepared.ts";
import { type ApplicationTables, defaultTables, type UserColumns } from "./database/tables.ts";
import { createEffects, type Effects } from "./effects/effects.ts";
import type { EffectHandlers } from "./effects/handlers.ts";
import { userApplier } from "./freshness/apply-user.ts";
import type { Caller } from "./freshness/caller.ts";
import { createFreshnessKeeper, type Freshness } from "./freshness/ensure-fresh.ts";
import { createFailureMemory } from "./freshness/failure-memory.ts";
import { mirrorReader } from "./freshness/mirror.ts";
import { namingColumns } from "./freshness/naming-columns.ts";
import { requestedSync } from "./freshness/requested-sync.ts";
import { createSyncMe, type SyncMeResult } from "./freshness/sync-me.ts";
import { type Synced, type SyncUserParts, syncUser } from "./freshness/sync-user.ts";
import { type Adoption, adoptInstance } from "./instance/adopt.ts";
import { createInstanceGuard } from "./instance/guard.ts";
import { type Logger, silent } from "./logger.ts";
import { createRuns } from "./runs/runs.ts";
import { type Health, healthCheck } from "./status/health.ts";
import { type Metrics, metricsReader } from "./status/metrics.ts";
import { SyncError } from "./sync-error.ts";
import { withSpan } from "./tracing.ts";
import { userDeleter } from "./webhook/delete-user.ts";
import { handleWebhook } from "./webhook/handle-webhook.ts";
import { createDisk } from "./write-path/disk.ts";
import type { LiftReason } from "./write-path/statements/remove.ts";
import { createWritePath, type WritePath } from "./write-path/write-path.ts";

export interface RollcallOptions {
  /** The host's own PrismaClient, or its client wrapped by `prismaDatabase`, `pgDatabase` or `postgresJsDatabase`. */
  db: Database | PrismaClientLike;
  /** A connection for workers, not through a transaction pooler; without it `runs.work` throws NOT_CONFIGURED. */
  connectionString?: string | undefined;
  clerk: ClerkCredentials & { webhookSigningSecret?: string | undefined };
  /** The application's tables and columns. Default: `User` and `Customer` as in the schema. */
  tables?: ApplicationTables;
  /** Receives failed syncs; by default they are not logged. */
  logger?: Logger;
  /**
   * What to do once for each user who comes, changes or goes: `user.created`, `user.updated`, `user.deleted`. At least once, with
   * a stable key.
   */
  effects?: EffectHandlers;
  /**
   * How work continues after a response; called for each response. In Next: `() => ({ after })`. Default: it starts
   * immediately, alongside the response, and runs to its end.
   */
  afterAnswer?: () => AfterAnswer;
}

/** What sessions and endpoints over a rollcall share with it. */
export interface RollcallSettings {
  clerk: ClerkCredentials;
  logger: Logger;
  /** What is copied from Clerk, and where. */
  columns: UserColumns;
}

/** Every entry point, over one write path. */
export interface Rollcall extends Pick<WritePath, "applySnapshots" | "applyDeletions">, Dashboard {
  /**
   * Ensures the caller's rows are current, doing as little I/O as possible. Never throws for a failed sync. If the database
   * does not answer within 3 s, the caller continues with what is known.
   */
  ensureFresh(caller: Caller): Promise<Freshness>;
  /** Syncs the caller from Clerk, at most once in 10 s. @throws SyncError */
  syncMe(caller: Caller): Promise<SyncMeResult>;
  /**
   * Syncs any user from Clerk.
   *
   * @param options.revive lift the user's tombstone, whatever its source, if Clerk knows the user; without it the outcome is `deleted`
   * @param options.requestedBy the id of the admin who asked: logged with the outcome
   * @throws SyncError
   */
  syncUser(id: string, options?: { revive?: boolean; requestedBy?: string }): Promise<Synced>;
  /** Makes the key's instance the one that the database mirrors; no application data is lost. @throws SyncError */
  adoptInstance(): Promise<Adoption>;
  /**
   * Asks Clerk about each row that has a Clerk id and was never synced: syncs the known users, and makes tombstones of the
   * others if `confirm` agrees. Uses at most half of Clerk's quota. @throws SyncError
   */
  prune(options: PruneOptions): Promise<Pruned>;
  /**
   * Compares all users at Clerk with the rows of the user table, page by page. Only reads.
   *
   * @throws SyncError
   */
  adoptionReport(onPeople?: (people: AdoptionPerson[]) => void | Promise<void>): Promise<AdoptionCounts>;
  /**
   * Writes Clerk's id into the rows that it belongs to: only on request, because a row that is linked by its address then
   * belongs to the person who controls the address.
   *
   * @throws SyncError NOT_CONFIGURED if Clerk's id is the primary key; INSTANCE_REFUSED if the database mirrors another instance
   */
  linkRows(options: LinkOptions): Promise<Linked>;
  /** Handles a delivery of Clerk's webhook. */
  handleWebhook(request: Request): Promise<Response>;
  /** The outbox: deliveries to `effects`, due, failed and done. */
  effects: Effects;
  /** Whether everything works as it should. Answers within about 3 s and never throws; calls within 2 s share an answer. */
  health(): Promise<Health>;
  /**
   * The numbers for a monitor, all from the database and Clerk, so that every process reports the same. Calls within ten seconds
   * share an answer, which takes at most 8 s.
   *
   * @throws SyncError DATABASE_UNREACHABLE, DATABASE_UNAVAILABLE or SCHEMA_MISMATCH
   */
  metrics(): Promise<Metrics>;
  /**
   * What is wrong with this setup, and how to fix it. Only reads, and never throws.
   *
   * @param options.fix fix what is safe to fix: applies migrations, and creates missing indexes of Rollcall's own tables
   */
  check(options?: { fix?: boolean }): Promise<CheckReport[]>;
  /** A function, so that nothing that prints a rollcall prints the secret key. */
  settings(): RollcallSettings;
}

// A page load waits for it, and is better served with what is known.
const USER_TIMEOUT_MS = 3_000;
// One wrong header must not block requests for single users for a day.
const USER_RETRY_AFTER_MS = 5 * 60_000;
// A page of 500 users takes Clerk a second or two; a call that takes this long will not be answered. Together with the ten
// seconds before it, it must end before its job counts as lost.
const PAGE_TIMEOUT_MS = 15_000;

/**
 * The mirror of one Clerk instance in one database. Reads no environment and opens no connection of its own.
 *
 * @throws SyncError NOT_CONFIGURED if `clerk.apiUrl` is neither https nor on this machine
 */
export function createRollcall({
  db: client,
  connectionString,
  clerk,
  tables = defaultTables,
  logger = silent,
  effects: handlers = {},
  afterAnswer = () => ({}),
}: RollcallOptions): Rollcall {
  const statements = preparedStatements("$queryRawUnsafe" in client ? prismaDatabase(client) : client, logger);
  const { db } = statements;
  const clerkApi = createClerkApi(clerk, { timeoutMs: USER_TIMEOUT_MS, longestRetryAfterMs: USER_RETRY_AFTER_MS });
  const readMirror = namingColumns(db, tables, mirrorReader(db, tables));
  const askClerk = clerkStatus(clerkApi);
  const disk = createDisk();
  const { effects, withEffects } = createEffects({
    db,
    readMirror,
    handlers,
    checkInstance: () => guard.instanceId({ adopts: false }).then(() => {}, throwIfRefused),
    afterAnswer,
    logger,
  });
  const silentPath = disk.noting(
    invalidateOnWrite(createWritePath(db, tables, statements.start), (ids) => freshness.drop(ids)),
  );
  const writePath = withEffects(silentPath, "after the answer");
  const guard = createInstanceGuard({ db, tables, clerk: clerkApi, apiUrl: clerk.apiUrl });
  const { instanceId, mirrors } = guard;
  const parts: SyncUserParts = { db, clerk: clerkApi, instanceId, writePath, apply: userApplier(writePath), logger };
  const deleteUser = userDeleter(writePath);
  const failures = createFailureMemory();
  const syncOne = async (id: string, lift: LiftReason | null, by = parts): Promise<Synced> => {
    const synced = await syncUser(id, lift, by);
    failures.forget(id); // Clerk answered, whatever the reason for asking
    return synced;
  };
  const sync = ({ userId, tokenIssuedAt }: Caller) => syncOne(userId, { tokenIssuedAt });
  const hurried = answeringWithin(PAGE_MS, parts);
  const syncForPage = ({ userId, tokenIssuedAt }: Caller) => syncOne(userId, { tokenIssuedAt }, hurried);
  const freshness = createFreshnessKeeper({ readMirror, sync: syncForPage, failures, logger });
  const patientClerk = halfTheQuota(createClerkApi(clerk, { timeoutMs: PAGE_TIMEOUT_MS }), clerk.secretKey);
  const runs = createRuns({
    db,
    connectionString,
    clerk: patientClerk,
    writePath: withEffects(silentPath, "later"),
    deliverInBackground: effects.deliverInBackground,
    createGuard: (asked) => createInstanceGuard({ db, tables, clerk: asked, apiUrl: clerk.apiUrl }),
    afterAnswer,
    logger,
  });
  let hasUpdatedAt: boolean | null = null;
  const { secretKey, webhookSigningSecret } = clerk;
  const checked = {
    db,
    tables,
    connectionString,
    secretKey,
    webhookSigningSecret,
    askClerk,
    hasUpdatedAt: () => hasUpdatedAt,
  };
  const { forget, ...dashboard } = createDashboard({
    db,
    tables,
    clerk: clerkApi,
    instanceId,
    runs,
    check: (status) => runChecks(engineChecks, { ...checked, status }),
    logger,
  });
  return {
    ...dashboard,
    applySnapshots: writePath.applySnapshots,
    applyDeletions: writePath.applyDeletions,
    ensureFresh(caller) {
      hasUpdatedAt = caller.userUpdatedAt !== null;
      return freshness.ensureFresh(caller);
    },
    syncMe: createSyncMe({ readMirror, claimRequest: writePath.claimRequest, sync, logger }),
    adoptInstance: () =>
      withSpan("rollcall.adopt_instance", {}, () => adoptInstance(db, clerkApi)).finally(guard.forget),
    prune: (options) =>
      withSpan("rollcall.prune", {}, () => prune({ db, tables, clerk: patientClerk, instanceId, writePath }, options)),
    adoptionReport: (onPeople) =>
      withSpan("rollcall.adoption_report", {}, () => adoptionReport(db, tables, patientClerk, onPeople)),
    linkRows: (options) =>
      withSpan("rollcall.link_rows", {}, () => linkRows({ db, tables, clerk: patientClerk, instanceId }, options)),
    syncUser: (id, { revive = false, requestedBy } = {}) => {
      const syncIt = () => syncOne(id, revive ? "revive" : null).finally(forget);
      return requestedBy === undefined ? syncIt() : requestedSync(logger, { userId: id, revive, requestedBy }, syncIt);
    },
    handleWebhook: (request) =>
      handleWebhook(request, {
        db,
        writePath,
        deleteUser,
        mirrors,
        signingSecret: clerk.webhookSigningSecret,
        askClerk,
        logger,
      }),
    effects,
    health: healthCheck({ db, tables, askClerk, disk }),
    metrics: metricsReader({ db, status: dashboard.status, runs, effects, logger }),
    check: (options) => runChecks(engineChecks, { ...checked, status: dashboard.status }, options),
    settings: () => ({
      clerk: { secretKey: clerk.secretKey, apiUrl: clerk.apiUrl },
      logger,
      columns: tables.user.columns,
    }),
  };
}

/** While Clerk or the database is away, the instance is not known to be another one. */
function throwIfRefused(error: unknown): void {
  if (error instanceof SyncError && error.code === "INSTANCE_REFUSED") throw error;
}

/** For page loads: a write that is not done in time still completes, or the next call does it. */
const answeringWithin = (ms: number, { writePath, apply, ...parts }: SyncUserParts): SyncUserParts => ({
  ...parts,
  apply: (snapshot) => within(ms, () => apply(snapshot)),
  writePath: {
    readUser: writePath.readUser,
    liftTombstone: (userId, by) => within(ms, () => writePath.liftTombstone(userId, by)),
  },
});

/** Drops written users from memory: above all deleted ones. */
function invalidateOnWrite(writePath: WritePath, drop: (ids: string[]) => void): WritePath {
  return {
    ...writePath,
    async applySnapshots(snapshots, options) {
      const applied = await writePath.applySnapshots(snapshots, options);
      drop(applied.filter(({ outcome }) => outcome !== "unchanged").map(({ id }) => id));
      return applied;
    },
    async applyDeletions(ids, by) {
      const applied = await writePath.applyDeletions(ids, by);
      drop(applied.map(({ id }) => id));
      return applied;
    },
  };
}
