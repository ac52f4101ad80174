import type { Caller } from "./caller.ts";

const SECOND = 1_000;
// Clerk's replicas are believed to lag 60 s; one more for the second that the claim stands for.
const REPLICA_LAG = 61 * SECOND;
// Even a row that matches the claim is synced once a day: claims come from a template that an admin may edit.
const LONGEST_WITH_CLAIM = 24 * 60 * 60 * SECOND;
const LONGEST_WITHOUT_CLAIM = 5 * 60 * SECOND;

/** What is known about a user's row. All times are Clerk's. */
export interface Knowledge {
  /** The row's `updatedAt`. */
  updatedAt: Date | null;
  /** The later of the row's `checkedAt` and the newest token for which Clerk answered this process about the user. */
  seenAt: Date;
  /** Every field that a column is named for was read. */
  complete: boolean;
}

/**
 * Whether the known data is current for this caller. Compares only Clerk's times, so that none of our clocks can hide a change or
 * keep asking Clerk. A token issued after a change shows it within Clerk's lag plus one token lifetime.
 */
export function isCurrent(
  { updatedAt, seenAt, complete }: Knowledge,
  { tokenIssuedAt, userUpdatedAt }: Caller,
): boolean {
  if (!complete) return false; // a column that was named since then is filled by the user's next call
  const seen = seenAt.getTime();
  const issued = tokenIssuedAt.getTime();
  if (!userUpdatedAt) return seen >= issued - LONGEST_WITHOUT_CLAIM;
  const claimed = wholeSeconds(userUpdatedAt);
  return (
    seen >= issued - LONGEST_WITH_CLAIM &&
    ((updatedAt !== null && wholeSeconds(updatedAt) > claimed) || seen >= claimed + REPLICA_LAG || seen >= issued)
  );
}

const wholeSeconds = (time: Date): number => Math.floor(time.getTime() / SECOND) * SECOND;
