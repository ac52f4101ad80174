import type { Caller } from "./caller.ts";

const SECOND = 1_000;
// Clerk's replicas are believed to lag 60 s; one more for the second that the claim stands for.
const REPLICA_LAG = 61 * SECOND;
// Even a row that fits the claim is asked for once a day: claims come from a template that somebody may edit.
const LONGEST_WITH_CLAIM = 24 * 60 * 60 * SECOND;
const LONGEST_WITHOUT_CLAIM = 5 * 60 * SECOND;

/** What is known of a user's row. All times are Clerk's. */
export interface Knowledge {
  /** The row's `updatedAt`. */
  updatedAt: Date | null;
  /** The later of the row's `checkedAt` and the newest token for which Clerk answered this process about the user. */
  seenAt: Date;
}

/**
 * Is what is known current for this caller? Compares Clerk's times alone, so that no clock of ours can hide a change or
 * ask Clerk without end. A token made after a change shows it within Clerk's lag and one token's life.
 */
export function isCurrent({ updatedAt, seenAt }: Knowledge, { tokenIssuedAt, userUpdatedAt }: Caller): boolean {
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
