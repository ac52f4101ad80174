import type { Database } from "../database.ts";
import type { Caller } from "./caller.ts";

/** Who said that a user was deleted, and for a run when Clerk denied him, in Clerk's time. */
export interface Tombstone {
  deletedBy: "webhook" | "run";
  /** Null where Clerk's answer had no date: then any token is later. */
  checkedAt: Date | null;
}

/**
 * May the caller's token have the tombstone lifted, if Clerk knows him? A run's word rests on a 404, and a replica of
 * Clerk's that lagged behind a sign-up gives one, too: ids never come back, so a token of a later second proves it wrong.
 * A signed webhook's word nobody disputes.
 */
export const disputes = (
  { tokenIssuedAt }: Pick<Caller, "tokenIssuedAt">,
  { deletedBy, checkedAt }: Tombstone,
): boolean => deletedBy === "run" && (checkedAt === null || tokenIssuedAt > checkedAt);

// The rule once more: the tombstone may have become a webhook's since it was read.
const disputeStatement = `delete from "ClerkUser" where id = $1::text and "deletedBy" = 'run'
and coalesce("checkedAt", '-infinity') < to_timestamp($2::float8 / 1000)`;
const reviveStatement = `delete from "ClerkUser" where id = $1::text and "deletedAt" is not null`;

/** On whose word a tombstone goes: a caller's later token, or somebody's at the terminal. */
export type Lift = { tokenIssuedAt: Date } | "revive";

/** Removes a tombstone of a user whom Clerk has just shown to be alive. @returns whether it did */
export async function liftTombstone(db: Database, userId: string, by: Lift): Promise<boolean> {
  const removed =
    by === "revive"
      ? await db.$executeRawUnsafe(reviveStatement, userId)
      : await db.$executeRawUnsafe(disputeStatement, userId, by.tokenIssuedAt.getTime());
  return removed > 0;
}
