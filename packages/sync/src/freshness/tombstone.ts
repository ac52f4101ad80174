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
export const canLiftTombstone = (
  { tokenIssuedAt }: Pick<Caller, "tokenIssuedAt">,
  { deletedBy, checkedAt }: Tombstone,
): boolean => deletedBy === "run" && (checkedAt === null || tokenIssuedAt > checkedAt);
