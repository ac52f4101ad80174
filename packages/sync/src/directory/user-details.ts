import type { LoggedEvent } from "../events/list-events.ts";
import type { SyncErrorCode } from "../sync-error.ts";
import type { UserState } from "./user-state.ts";

/** What Clerk said when it was asked a moment ago. */
export type AtClerk =
  | { state: "known" }
  | { state: "absent" }
  /** Clerk did not answer within its limit of 3 s, or refused. */
  | { state: "unavailable"; code: SyncErrorCode; message: string; hint: string };

export type FieldValue = string | Date | null;

/** One field in the three places where it is stored. A place that has no such field, or no row, is undefined. */
export interface FieldComparison {
  field: "email" | "emailVerifiedAt" | "emailSince" | "name" | "image" | "createdAt" | "updatedAt";
  clerk: FieldValue | undefined;
  replica: FieldValue | undefined;
  application: FieldValue | undefined;
  /** Whether the places that have the field agree: the application shows no address that belongs to another user. */
  agree: boolean;
}

/** Who holds the address that the user claims. */
export type EmailClaim =
  /** The user does: no other row has it. */
  | { email: string; holder: "self" }
  /** Another user does, and by which rule: the first that applies. */
  | {
      email: string;
      holder: "user";
      user: { id: string; name: string | null; emailVerifiedAt: Date | null; emailSince: Date | null };
      because: "verified" | "added_later" | "smaller_id";
    }
  /** A row of the application's own, which is never written. */
  | { email: string; holder: "application"; rowId: string; because: "own_row" }
  /** No row shows it: the next sync of the user writes it. */
  | { email: string; holder: "none" };

export interface TombstoneDetails {
  deletedAt: Date;
  deletedBy: "webhook" | "run";
  /** When Clerk answered a run that it does not know the user, in Clerk's time; null for a webhook. */
  checkedAt: Date | null;
  /** How it can be lifted: a run's tombstone also by a later token of the user. */
  liftedBy: "revive" | "revive_or_sign_in";
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
