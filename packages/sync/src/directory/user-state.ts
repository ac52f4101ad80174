/**
 * How a user stands in the mirror. live: known at Clerk, and shown in the application's table. conflict: live, but the address that
 * Clerk names is not in their row. deleted: a tombstone. not_synced: a row with a Clerk id that no sync has seen yet.
 */
export const userStates = ["live", "conflict", "deleted", "not_synced"] as const;
export type UserState = (typeof userStates)[number];
