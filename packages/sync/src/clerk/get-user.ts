import { isClerkId } from "../snapshot/clerk-user.ts";
import type { Snapshot } from "../snapshot/snapshot.ts";
import type { ReadUser } from "../snapshot/user-reader.ts";
import { SyncError } from "../sync-error.ts";
import { type ClerkApi, ClerkRefusal } from "./clerk-api.ts";

/** What Clerk knows about a user, looked up by id. */
export type UserAnswer =
  | { found: true; snapshot: Snapshot }
  /** `at`: the second in which Clerk answered that the user does not exist; null if its answer had no date. */
  | { found: false; at: Date | null };

/** Clerk's answer about one user does not have the expected form. It says nothing about other users. */
export class UnusableAnswer extends SyncError {
  constructor(id: string) {
    super("CLERK_ERROR", `Clerk's answer about ${id} does not have the expected form`);
  }
}

/**
 * Whether a failure concerns only the requested user. A 404 does not: if it is not Clerk's
 * own, every request gets it.
 */
export const concernsOneUser = (error: unknown): boolean =>
  error instanceof UnusableAnswer || (error instanceof ClerkRefusal && error.status !== 404);

/**
 * Asks Clerk for one user.
 *
 * @param id must pass `isClerkId`: it becomes part of a URL
 * @param known `tokenIssuedAt`: Clerk issued a token for the user at that time, so the answer is at least as new
 * @throws UnusableAnswer, a SyncError CLERK_ERROR, and what `ClerkApi.get` throws
 */
export async function askForUser(
  clerk: ClerkApi,
  id: string,
  known: { instanceId: string; tokenIssuedAt: Date | null },
  readUser: ReadUser,
): Promise<UserAnswer> {
  const answer = await clerk.get(`/users/${id}`, {});
  if (!answer.found) return answer;
  const at = later(answer.at, known.tokenIssuedAt);
  const read = readUser(answer.body, { instanceId: known.instanceId, at });
  if (!read.success || read.snapshot.id !== id) throw new UnusableAnswer(id);
  return { found: true, snapshot: read.snapshot };
}

/** Like `askForUser`, for a user who must exist. @throws SyncError also USER_NOT_FOUND */
export async function getUser(...[clerk, id, known, readUser]: Parameters<typeof askForUser>): Promise<Snapshot> {
  if (!isClerkId(id)) throw new SyncError("USER_NOT_FOUND", "The id is not a Clerk user id");
  const answer = await askForUser(clerk, id, known, readUser);
  if (!answer.found) throw new SyncError("USER_NOT_FOUND", `Clerk knows no user ${id}`);
  return answer.snapshot;
}

/** The later of two moments; either may be unknown. */
export const later = (a: Date | null, b: Date | null): Date | null => (a && b ? (a > b ? a : b) : (a ?? b));
