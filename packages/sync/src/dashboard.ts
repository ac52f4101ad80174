import type { CheckReport } from "./checks/check.ts";
import { type CheckedSetup, sharedCheck } from "./checks/shared-check.ts";
import type { ClerkApi } from "./clerk/clerk-api.ts";
import type { Database } from "./database/database.ts";
import { within } from "./database/deadline.ts";
import type { ApplicationTables } from "./database/tables.ts";
import type { Directory } from "./directory/directory.ts";
import { userReader } from "./directory/user-details.ts";
import { usersLister } from "./directory/user-list.ts";
import { type EventPage, type EventsAsked, listEvents } from "./events/list-events.ts";
import { type Logger, logFailure } from "./logger.ts";
import type { Runs } from "./runs/runs.ts";
import { createSharedReads } from "./shared-reads.ts";
import { type Activity, readActivity } from "./status/activity.ts";
import { directoryCounter } from "./status/directory-count.ts";
import { type DirectoryStatus, directoryStatus } from "./status/directory-status.ts";
import { SyncError } from "./sync-error.ts";

/**
 * What a dashboard reads, for admins. Equal reads at the same moment are answered once, and few run at the same time. All throw
 * SyncError DATABASE_UNREACHABLE, DATABASE_UNAVAILABLE or SCHEMA_MISMATCH.
 */
export interface Dashboard {
  runs: Runs;
  directory: Directory;
  events: {
    /** A page of the log. null if the cursor is not one of this list's. */
    list(asked: EventsAsked): Promise<EventPage | null>;
  };
  /** The state of the whole mirror. */
  status(): Promise<DirectoryStatus>;
  /** The last 24 hours of events and the last 30 runs. */
  activity(): Promise<Activity>;
  /** `check`, within 20 s; calls within 10 s share an answer. */
  checkSetup(): Promise<CheckedSetup>;
}

export interface DashboardParts {
  db: Database;
  tables: ApplicationTables;
  clerk: ClerkApi;
  instanceId: () => Promise<string>;
  runs: Runs;
  check: (status: () => Promise<DirectoryStatus>) => Promise<CheckReport[]>;
  logger: Logger;
}

const CHECK_MS = 20_000;

/** @returns also `forget`, to be called after a write: reads that began before answer none that follow */
export function createDashboard(parts: DashboardParts): Dashboard & { forget: () => void } {
  const { db, tables, clerk, instanceId, runs, check, logger } = parts;
  const { share, forget } = createSharedReads();
  const forgetting =
    <Input, Result>(write: (input: Input) => Promise<Result>) =>
    (input: Input) =>
      write(input).finally(forget);
  const counted = directoryCounter(db, tables, logger);
  const readStatus = share(directoryStatus(db, clerk, runs, counted));
  const status = () =>
    readStatus().catch((error: unknown) => {
      if (error instanceof SyncError) logFailure(logger, { event: "status_failed" }, error);
      throw error;
    });
  return {
    runs: {
      ...runs,
      start: forgetting(runs.start),
      cancel: forgetting(runs.cancel),
      confirm: forgetting(runs.confirm),
      get: share(runs.get),
      list: share(runs.list),
      errors: share(runs.errors),
      missing: share(runs.missing),
    },
    directory: {
      list: share(usersLister(db, tables, counted)),
      read: share(userReader({ db, tables, clerk, instanceId })),
    },
    events: { list: share((asked) => listEvents(db, asked)) },
    status,
    activity: share(() => readActivity(counted, runs)),
    checkSetup: sharedCheck(() => within(CHECK_MS, () => check(status))),
    forget,
  };
}
