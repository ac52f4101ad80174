/** The application's tables and columns that Rollcall writes. The statements are built from this. */
export interface ApplicationTables {
  user: {
    table: string;
    /** The column that holds Clerk's id: the primary key. */
    key: string;
    /** The projection of `ClerkUser`: these four and no others. */
    columns: { email: string; emailVerified: string; name: string; image: string };
    /** The time of the last change; null if the table has no such column. */
    updatedAt: string | null;
  };
  customer: { table: string; userKey: string; name: string };
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
