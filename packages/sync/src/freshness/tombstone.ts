import type { Caller } from "./caller.ts";

/** What reported that a user was deleted and, for a run, when Clerk answered 404, in Clerk's time. */
export interface Tombstone {
  deletedBy: "webhook" | "run";
  /** Null if Clerk's answer had no date: then any token is later. */
  checkedAt: Date | null;
}

/**
 * Whether the caller's token lifts the tombstone, if Clerk knows the user. A run's tombstone rests on a 404, and a Clerk replica
 * that lags behind a sign-up also answers 404. Ids are never reused, so a token from a later second proves it wrong. A signed
 * webhook's tombstone is final.
 */
export const canLiftTombstone = (
  { tokenIssuedAt }: Pick<Caller, "tokenIssuedAt">,
  { deletedBy, checkedAt }: Tombstone,
): boolean => deletedBy === "run" && (checkedAt === null || tokenIssuedAt > checkedAt);
