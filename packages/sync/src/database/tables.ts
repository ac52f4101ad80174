/** The application's tables and columns that Rollcall writes. The statements are built from this. */
export interface ApplicationTables {
  user: UserTable;
  /** One row for each user, for what the application sells; null if there is no such table. */
  customer: CustomerTable | null;
}

export interface UserTable {
  table: string;
  /** The column that holds Clerk's id: unique. A row where it is null is the application's own, and never written. */
  key: string;
  /** The primary key, if it is another column than `key`: an id of the application's own, of type text, uuid or a number. */
  id?: string | undefined;
  /** Makes the id of a new row, for example `createId` of cuid2; without it the column's default in the database does. */
  newId?: (() => string) | undefined;
  /** What is copied from Clerk: the address, and those of the other three that are named. */
  columns: {
    email: string;
    emailVerified?: string | undefined;
    name?: string | undefined;
    image?: string | undefined;
  };
  /** The time of the last change: written with each row, so it needs no default in the database. */
  updatedAt?: string | undefined;
  /**
   * For an email column that is NOT NULL: a row that shows no address holds `<Clerk's id>@no-email.invalid`, a domain that
   * no mail reaches (RFC 2606). Everywhere in Rollcall's answers such a user's email is null.
   */
  placeholderEmail?: boolean | undefined;
}

export interface CustomerTable {
  table: string;
  /** The column that refers to the user's id: unique. */
  userKey: string;
  /** Written once, with the row. */
  name?: string | undefined;
}

export const defaultTables: ApplicationTables = {
  user: {
    table: "User",
    key: "id",
    columns: { email: "email", emailVerified: "emailVerified", name: "name", image: "image" },
    updatedAt: "updatedAt",
  },
  customer: { table: "Customer", userKey: "authUserId", name: "name" },
};

/** The column of the application's own ids; undefined if Clerk's id is the primary key. */
export const ownIdColumn = ({ key, id }: UserTable): string | undefined => (id === key ? undefined : id);
