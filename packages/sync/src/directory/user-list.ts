import type { UserState } from "./user-state.ts";

/** A user as a list shows them. */
export interface DirectoryUser {
  /** Clerk's id. */
  id: string;
  state: UserState;
  /** The address, the name and the image by Clerk's word; by the application's row if the user was never synced. */
  email: string | null;
  emailVerified: boolean;
  name: string | null;
  image: string | null;
  /** The primary key of the application's row, as text; null if there is no row. */
  rowId: string | null;
  /** When the user signed up, in Clerk's time; null if unknown. */
  createdAt: Date | null;
  /** The user's last change, in Clerk's time; null if unknown. */
  updatedAt: Date | null;
  /** When the mirror was last known to match Clerk, in Clerk's time; null if never. */
  checkedAt: Date | null;
  deletedAt: Date | null;
}

export interface UserFilter {
  /** `live` includes users in conflict. */
  state: UserState;
  /** A Clerk id, the beginning of an address, or the beginning of a name or of its last word. Case does not matter. */
  search: string | null;
}

/** Live users newest first, deleted ones latest deletion first, the others by id; with a search by what was found. */
export interface UserPage {
  items: DirectoryUser[];
  /** For the next page; null if there is none. */
  nextCursor: string | null;
}
