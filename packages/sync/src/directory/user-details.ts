import type { ClerkApi } from "../clerk/clerk-api.ts";
import { askForUser } from "../clerk/get-user.ts";
import type { Database } from "../database/database.ts";
import type { ApplicationTables } from "../database/tables.ts";
import { type LoggedEvent, listEvents } from "../events/list-events.ts";
import { isClerkId } from "../snapshot/clerk-user.ts";
import type { Snapshot } from "../snapshot/snapshot.ts";
import { SyncError, type SyncErrorCode } from "../sync-error.ts";
import { type EmailClaim, precedes } from "./email-claim.ts";
import { detailsRows, detailsStatement, type StoredDetails } from "./user-details-statement.ts";
import type { UserState } from "./user-state.ts";

/** What Clerk said when it was asked a moment ago. */
export type AtClerk =
  | { state: "known" }
  | { state: "absent" }
  /** Clerk did not answer within 3 s, or refused. */
  | { state: "unavailable"; code: SyncErrorCode; message: string; hint: string };

export type FieldValue = string | Date | null;

/** One field in the three places that may have it. Undefined: the place has no such field, or nothing about the user. */
export interface FieldComparison {
  field: "email" | "emailVerifiedAt" | "emailSince" | "name" | "image" | "createdAt" | "updatedAt";
  clerk: FieldValue | undefined;
  replica: FieldValue | undefined;
  application: FieldValue | undefined;
  /** Whether the replica has what Clerk says, and the application what it should show: no address that another one holds. */
  agree: boolean;
}

export interface TombstoneDetails {
  deletedAt: Date;
  deletedBy: "webhook" | "run";
  /** When Clerk answered a run that it does not know the user, in Clerk's time; null for a webhook. */
  checkedAt: Date | null;
  /** What removes it, if Clerk knows the user after all: a run's also a sign-in after `checkedAt`. */
  removedBy: "revive" | "revive_or_sign_in";
}

/** Everything about one user. */
export interface UserDetails {
  id: string;
  /** null if neither the mirror nor the application's table has a row. */
  state: UserState | null;
  name: string | null;
  image: string | null;
  /** The primary key of the application's row, as text; null if there is no row. */
  rowId: string | null;
  atClerk: AtClerk;
  fields: FieldComparison[];
  /** null if the user claims no address. */
  claim: EmailClaim | null;
  tombstone: TombstoneDetails | null;
  /** When the mirror was last known to match Clerk, in Clerk's time. */
  checkedAt: Date | null;
  /** When the mirror's row was last written, in the database's time. */
  syncedAt: Date | null;
  /** The newest 50. */
  events: LoggedEvent[];
}

const EVENTS = 50;

export interface DetailsParts {
  db: Database;
  tables: ApplicationTables;
  /** Answers within 3 s. */
  clerk: ClerkApi;
  /** The key's instance, if the database mirrors it: another one's key knows none of the users. */
  instanceId: () => Promise<string>;
}

/** Reads what is stored about a user, and asks Clerk. @throws DatabaseError */
export function userReader({ db, tables, clerk, instanceId }: DetailsParts): (id: string) => Promise<UserDetails> {
  const statement = detailsStatement(tables);
  const columns = tables.user.columns;

  async function ask(id: string): Promise<{ atClerk: AtClerk; snapshot: Snapshot | null }> {
    if (!isClerkId(id)) return { atClerk: { state: "absent" }, snapshot: null };
    try {
      const answer = await askForUser(clerk, id, { instanceId: await instanceId(), tokenIssuedAt: null });
      if (!answer.found) return { atClerk: { state: "absent" }, snapshot: null };
      return { atClerk: { state: "known" }, snapshot: answer.snapshot };
    } catch (thrown) {
      const { code, explanation } = SyncError.from(thrown);
      return { atClerk: { state: "unavailable", code, ...explanation }, snapshot: null };
    }
  }

  return async (id) => {
    const [rows, logged, { atClerk, snapshot }] = await Promise.all([
      db.query(statement, [id]),
      listEvents(db, { userId: id, cursor: null, limit: EVENTS }),
      ask(id),
    ]);
    const [stored] = detailsRows.parse(rows);
    const { replica, row } = stored;
    const claim = claimOf(id, stored);
    return {
      id,
      state: stateOf(stored),
      name: (replica ?? row)?.name ?? null,
      image: (replica ?? row)?.image ?? null,
      rowId: row?.id ?? null,
      atClerk,
      fields: compare(snapshot, stored, claim, (field) => field === "email" || columns[field] !== undefined),
      claim,
      tombstone: tombstoneOf(stored),
      checkedAt: replica?.checkedAt ?? null,
      syncedAt: replica?.syncedAt ?? null,
      events: logged?.items ?? [],
    };
  };
}

function stateOf({ replica, row }: StoredDetails): UserState | null {
  if (!replica) return row && "not_synced";
  if (replica.deletedAt) return "deleted";
  return replica.email !== null && replica.email !== (row?.email ?? null) ? "conflict" : "live";
}

function claimOf(id: string, { replica, row, rival, ownRow }: StoredDetails): EmailClaim | null {
  if (!replica || replica.email === null) return null;
  const { email } = replica;
  if (row?.email === email) return { email, holder: "self" };
  if (ownRow !== null) return { email, holder: "application", rowId: ownRow };
  const because = rival && precedes(rival, { id, ...replica });
  return rival && because ? { email, holder: "user", user: rival, because } : { email, holder: "none" };
}

function tombstoneOf({ replica }: StoredDetails): TombstoneDetails | null {
  if (!replica?.deletedAt || !replica.deletedBy) return null;
  const { deletedAt, deletedBy, checkedAt } = replica;
  const isRuns = deletedBy === "run";
  return {
    deletedAt,
    deletedBy,
    checkedAt: isRuns ? checkedAt : null,
    removedBy: isRuns ? "revive_or_sign_in" : "revive",
  };
}

type Field = FieldComparison["field"];
const FIELDS: Field[] = ["email", "emailVerifiedAt", "emailSince", "name", "image", "createdAt", "updatedAt"];

function compare(
  snapshot: Snapshot | null,
  { replica, row }: StoredDetails,
  claim: EmailClaim | null,
  isShown: (field: "email" | "emailVerified" | "name" | "image") => boolean,
): FieldComparison[] {
  const isHeldByAnother = claim?.holder === "user" || claim?.holder === "application";
  const application = (field: Field): FieldValue | undefined => {
    if (!row) return undefined;
    if (field === "emailVerifiedAt") return isShown("emailVerified") ? row.emailVerifiedAt : undefined;
    if (field === "email" || field === "name" || field === "image") return isShown(field) ? row[field] : undefined;
    return undefined;
  };
  return FIELDS.map((field) => {
    const values = { clerk: snapshot?.[field], replica: replica?.[field], application: application(field) };
    const isBlank = isHeldByAnother && (field === "email" || field === "emailVerifiedAt");
    const toShow = isBlank ? null : values.replica;
    const agree = isSame(values.clerk, values.replica) && isSame(values.application, toShow);
    return { field, ...values, agree };
  });
}

/** A place without the field contradicts none. */
const isSame = (a: FieldValue | undefined, b: FieldValue | undefined): boolean =>
  a === undefined || b === undefined || comparable(a) === comparable(b);

const comparable = (value: FieldValue): string | number | null => (value instanceof Date ? value.getTime() : value);
