import { takeBackDeletedEffect } from "../../effects/statements/outbox.ts";

/** Why a tombstone is removed: a caller's later token, or a command at the terminal. */
export type LiftReason = { tokenIssuedAt: Date } | "revive";

/**
 * Removes a tombstone. Repeats the rule for a token (freshness/tombstone.ts), because the tombstone may have become
 * a webhook's since it was read. Parameters: the user's id; and when the token was issued in epoch ms, null to revive.
 */
export const liftStatement = `with lifted as (
  delete from rollcall."ClerkUser" where id = $1::text and "deletedAt" is not null
    and ($2::float8 is null or "deletedBy" = 'run' and coalesce("checkedAt", '-infinity') < to_timestamp($2::float8 / 1000))
  returning id
), ${takeBackDeletedEffect}
select id from lifted`;

/**
 * Releases the users of every instance but one. Tombstones stay: a deletion is final, even if the database comes
 * back to its first instance. Parameter: the instance.
 */
export const releaseInstanceStatement = `with released as (
  delete from rollcall."ClerkUser" where "instanceId" <> $1::text and "deletedAt" is null returning id
)
select count(*)::int as released from released`;
