import type { UserDetails } from "./user-details.ts";
import type { UserPage, UsersAsked } from "./user-list.ts";

/** What an admin may look up about users. All methods throw SyncError DATABASE_UNREACHABLE, DATABASE_UNAVAILABLE or SCHEMA_MISMATCH. */
export interface Directory {
  /** A page of users. null if the cursor is not one of this list's. */
  list(asked: UsersAsked): Promise<UserPage | null>;
  /** One user: what Clerk says now beside what is stored. */
  read(id: string): Promise<UserDetails>;
}
