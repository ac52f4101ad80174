import { SyncError } from "../sync-error.ts";

/** What a failed statement means for the caller. */
export type DatabaseFailure =
  /** A concurrent write got in the way: run all of it again. */
  | { kind: "race" }
  /** PostgreSQL refuses the data of one of the users. */
  | { kind: "data"; sqlState: string; constraint?: string | undefined }
  /** The tables, or the privileges on them, are not as expected. */
  | { kind: "schema"; sqlState: string }
  /** The database answers but cannot do this now: a replica, a full disk, too many clients, a lock that is not released. */
  | { kind: "unavailable"; why: keyof typeof whyUnavailable; sqlState: string | undefined }
  /** `said`: the server's own message, if it rejected the protocol. */
  | { kind: "unreachable"; sqlState: string | undefined; said?: string | undefined };

const whyUnavailable = {
  read_only: "The database is read-only",
  full: "The database's disk is full",
  no_connection: "No connection to the database was free",
  busy: "The database is too busy",
};
const UNAVAILABLE = new Map<string, keyof typeof whyUnavailable>([
  ["25006", "read_only"], // read_only_sql_transaction
  ["53100", "full"], // disk_full
  ["53300", "no_connection"], // too_many_connections
  ["55P03", "busy"], // lock_not_available
  ["57014", "busy"], // query_canceled: by a statement_timeout
]);
const REFUSED_PROTOCOL = "08P01"; // protocol_violation: what a pooler answers to a parameter that it does not know

const RACES = new Set(["40001", "40P01"]); // serialization_failure, deadlock_detected
// Errors that no single row causes: the connection, privileges, the transaction's state, resources, an operator, a server fault.
const OF_THE_SERVER = new Set(["08", "0A", "25", "26", "28", "3D", "3F", "40", "53", "55", "57", "58", "F0", "XX"]);

/** Why a statement failed, as an adapter reads it from its driver's error. */
export type DatabaseErrorReason =
  /** The server's answer. `constraint`: the name of the violated one, if the driver says it. */
  | { kind: "refused"; sqlState: string; constraint?: string | undefined; said: string }
  /** There was no connection, or it was lost. */
  | { kind: "disconnected" }
  /** All connections of the client were in use. */
  | { kind: "pool_exhausted" }
  /** The transaction could not begin, or did not end, in time. */
  | { kind: "too_late" };

/** A failed statement: the only database error that an adapter throws. Its message contains no data. */
export class DatabaseError extends Error {
  override readonly name = "DatabaseError";
  readonly reason: DatabaseErrorReason;

  constructor(reason: DatabaseErrorReason, cause: unknown) {
    super(reason.kind === "refused" ? `refused: SQLSTATE ${reason.sqlState}` : reason.kind, { cause });
    this.reason = reason;
  }
}

/**
 * Classifies a `DatabaseError`; undefined for any other error. PostgreSQL's codes: its documentation, appendix A.
 *
 * @param uniqueIndexes those whose violation is a race; any other unique index is the application's own, and a
 * violation of it a data error. A violation that names none (a server that speaks another language) counts as a race.
 */
export function readDatabaseError(
  error: unknown,
  uniqueIndexes: ReadonlySet<string> = new Set(),
): DatabaseFailure | undefined {
  if (!(error instanceof DatabaseError)) return undefined;
  const { reason } = error;
  switch (reason.kind) {
    case "disconnected":
      return { kind: "unreachable", sqlState: undefined };
    case "pool_exhausted":
      return { kind: "unavailable", why: "no_connection", sqlState: undefined };
    case "too_late":
      return { kind: "unavailable", why: "busy", sqlState: undefined };
    case "refused":
      return readAnswer(reason, uniqueIndexes);
  }
}

function readAnswer(
  { sqlState, constraint, said }: Extract<DatabaseErrorReason, { kind: "refused" }>,
  uniqueIndexes: ReadonlySet<string>,
): DatabaseFailure {
  if (RACES.has(sqlState)) return { kind: "race" };
  if (sqlState === "23505") {
    return constraint === undefined || uniqueIndexes.has(constraint)
      ? { kind: "race" }
      : { kind: "data", sqlState, constraint };
  }
  // 42: a missing table or column, a missing privilege, no index for ON CONFLICT. 55000: a deferrable index for ON CONFLICT.
  if (sqlState.startsWith("42") || sqlState === "55000") return { kind: "schema", sqlState };
  const why = UNAVAILABLE.get(sqlState);
  if (why) return { kind: "unavailable", why, sqlState };
  if (sqlState === REFUSED_PROTOCOL) return { kind: "unreachable", sqlState, said };
  // The rest is about a row: a bad value, a violated constraint, or a code that one of the application's triggers raises.
  return OF_THE_SERVER.has(sqlState.slice(0, 2)) ? { kind: "unreachable", sqlState } : { kind: "data", sqlState };
}

/** The error that a caller sees for a failed statement. Returns any error that is not from the database unchanged. */
export function toSyncError(error: unknown): unknown {
  if (error instanceof SyncError) return error;
  const failure = readDatabaseError(error);
  switch (failure?.kind) {
    case undefined:
      return error;
    case "schema":
      return new SyncError(
        "SCHEMA_MISMATCH",
        `The tables, or the privileges on them, are not as expected: SQLSTATE ${failure.sqlState}. Run \`npx rollcall migrate\`, and \`npx rollcall check\` to see what differs`,
        {
          cause: error,
        },
      );
    case "data":
      return new SyncError("DATA_REJECTED", `PostgreSQL refused a value: SQLSTATE ${failure.sqlState}`, {
        cause: error,
      });
    case "race":
      return new SyncError("DATABASE_UNAVAILABLE", "The database is too busy: concurrent writes kept colliding", {
        cause: error,
      });
    case "unavailable": {
      const code = failure.sqlState ? `: SQLSTATE ${failure.sqlState}` : "";
      return new SyncError("DATABASE_UNAVAILABLE", `${whyUnavailable[failure.why]}${code}`, { cause: error });
    }
    case "unreachable":
      return new SyncError("DATABASE_UNREACHABLE", whyUnreachable(failure), { cause: error });
  }
}

function whyUnreachable({ sqlState, said }: Extract<DatabaseFailure, { kind: "unreachable" }>): string {
  switch (sqlState) {
    case undefined:
      return "No connection to the database";
    case "28P01":
    case "28000":
      return "The database refused the user or the password";
    case "3D000":
      return "The server has no database of that name";
    case REFUSED_PROTOCOL:
      return `The server, or a pooler before it, refused the connection: ${said ?? "no reason given"} (SQLSTATE ${sqlState})`;
    default:
      return `The database could not serve the statement: SQLSTATE ${sqlState}`;
  }
}

/** Runs `work` and rethrows database errors as SyncErrors. */
export async function withSyncErrors<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw toSyncError(error);
  }
}
