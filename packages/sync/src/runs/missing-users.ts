/** A user here whom no page of a run listed: a candidate for a tombstone. */
export interface MissingUser {
  id: string;
  email: string | null;
  name: string | null;
  createdAt: Date | null;
  /** When the mirror's row was last written, in the database's time. */
  syncedAt: Date | null;
}

/** By id. A page may have fewer items than its limit, even none, while there is a next one. */
export interface MissingPage {
  items: MissingUser[];
  /** For the next page; null if there is none. */
  nextCursor: string | null;
}
