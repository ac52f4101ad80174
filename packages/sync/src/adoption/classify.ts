import type { Candidate } from "./candidate-rows.ts";
import type { ClerkPerson } from "./clerk-people.ts";

/**
 * same_id: the row holds Clerk's id. external_id: the user's `external_id` at Clerk is the row's id. verified_email: the row
 * holds the user's verified primary address. ambiguous: a person must decide. only_at_clerk, only_here: there is no
 * such person on the other side.
 */
export const adoptionClasses = [
  "same_id",
  "external_id",
  "verified_email",
  "ambiguous",
  "only_at_clerk",
  "only_here",
] as const;
export type AdoptionClass = (typeof adoptionClasses)[number];

/** One person: a user at Clerk, their row, or both. */
export interface AdoptionPerson {
  class: AdoptionClass;
  clerkId: string | null;
  /** The ids of the rows that may be theirs; more than one only if that is ambiguous. */
  rowIds: string[];
  /** The row's address as it is stored, or else Clerk's. */
  email: string | null;
  /** Why it is ambiguous. */
  reason: string | null;
}

/**
 * Which row is a user's, as far as the user and their rows tell. Whether another user has as good a claim to the row is
 * a second question, for Clerk.
 *
 * @param ownIds whether Clerk's id stands beside the application's own ids
 */
export function classify(person: ClerkPerson, candidates: readonly Candidate[], ownIds: boolean): AdoptionPerson {
  const rows = new Map(candidates.map((candidate) => [candidate.rowId, candidate]));
  const [row] = rows.values();
  const said = { clerkId: person.id, rowIds: [...rows.keys()], email: row?.email ?? person.email, reason: null };
  const ambiguous = (reason: string): AdoptionPerson => ({ ...said, class: "ambiguous", reason });
  if (!row) return { ...said, class: "only_at_clerk" };
  const found = new Set(candidates.map(({ by }) => by));
  if (rows.size > 1) {
    return ambiguous(found.has("id") ? "the user has a row, and another row matches, too" : "several rows match");
  }
  if (found.has("id")) return { ...said, class: "same_id" };
  if (ownIds && row.key !== null) return ambiguous("the row is linked to another id");
  return { ...said, class: found.has("external_id") ? "external_id" : "verified_email" };
}
