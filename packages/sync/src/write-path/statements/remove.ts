/** On whose word a tombstone goes: a caller's later token, or somebody's at the terminal. */
export type LiftReason = { tokenIssuedAt: Date } | "revive";

/**
 * Removes a tombstone. The rule for a token (freshness/tombstone.ts) stands here once more: the tombstone may have become
 * a webhook's since it was read. Parameters: the user's id; and when the token was made in epoch ms, null to revive.
 */
export const liftStatement = `delete from "ClerkUser" where id = $1::text and "deletedAt" is not null
and ($2::float8 is null or "deletedBy" = 'run' and coalesce("checkedAt", '-infinity') < to_timestamp($2::float8 / 1000))`;

/**
 * Lets go of the users of every instance but one. Tombstones stay: a deletion is final, also where the database comes
 * back to its first instance. Parameter: the instance.
 */
export const releaseInstanceStatement = `delete from "ClerkUser" where "instanceId" <> $1::text and "deletedAt" is null`;
