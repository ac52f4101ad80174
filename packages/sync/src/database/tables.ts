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
  /** What is copied from Clerk: the address, and each other field that a column is named for. */
  columns: UserColumns;
  /** The time of the last change: written with each row, so it needs no default in the database. */
  updatedAt?: string | undefined;
  /**
   * For an email column that is NOT NULL: a row that shows no address holds `<Clerk's id>@no-email.invalid`, a domain that
   * no mail reaches (RFC 2606). Everywhere in Rollcall's answers such a user's email is null.
   */
  placeholderEmail?: boolean | undefined;
}

/** The column of each field of Clerk's that is copied. Nothing else of Clerk's is stored. */
export interface UserColumns {
  email: string;
  emailVerified?: string | undefined;
  name?: string | undefined;
  image?: string | undefined;
  firstName?: string | undefined;
  lastName?: string | undefined;
  username?: string | undefined;
  /** The primary phone number, in E.164. */
  phone?: string | undefined;
  /** A boolean: whether the primary phone number is verified. */
  phoneVerified?: string | undefined;
  externalId?: string | undefined;
  /** A boolean. */
  banned?: string | undefined;
  /** A timestamp: when the user signed up at Clerk. */
  clerkCreatedAt?: string | undefined;
  /** The whole of the public metadata: jsonb. */
  publicMetadata?: string | undefined;
  /** One key of the public metadata: jsonb, or any type that its text can be cast to. */
  [key: `publicMetadata.${string}`]: string | undefined;
  /** Metadata that users write themselves, from the browser: never decide by it what a user may do. */
  unsafeMetadata?: UnsafeMetadata | undefined;
}

export interface UnsafeMetadata {
  /** A column of type jsonb. */
  column: string;
  /** Says that you know: this column contains what users typed, unchecked. */
  acceptsUserInput: true;
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
