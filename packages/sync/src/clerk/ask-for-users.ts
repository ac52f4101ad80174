import type { Snapshot } from "../snapshot/snapshot.ts";
import type { ReadUser } from "../snapshot/user-reader.ts";
import type { ClerkApi } from "./clerk-api.ts";
import { askForUser, concernsOneUser, later, type UserAnswer } from "./get-user.ts";

// Enough to be quick, and far from Clerk's rate limit.
export const ASKED_AT_ONCE = 10;

/** What Clerk says about some users. A user whose answer cannot be used is in neither list. */
export interface UserAnswers {
  found: Snapshot[];
  /** Users that Clerk does not know. */
  denied: string[];
  /** The latest moment, in Clerk's time, of a denial; null if there was none, or no answer had a date. */
  deniedAt: Date | null;
}

/**
 * Asks Clerk about users by id, because a list is no proof that a user does not exist.
 *
 * @param ids of Clerk's form, at most `ASKED_AT_ONCE`
 * @throws what `ClerkApi.get` throws about more than one user
 */
export async function askForUsers(
  clerk: ClerkApi,
  ids: readonly string[],
  instanceId: string,
  readUser: ReadUser,
): Promise<UserAnswers> {
  const answers = await Promise.all(
    ids.map(async (id) => ({ id, answer: await ask(clerk, id, instanceId, readUser) })),
  );
  const denials = answers.flatMap(({ id, answer }) => (answer?.found === false ? [{ id, at: answer.at }] : []));
  return {
    found: answers.flatMap(({ answer }) => (answer?.found ? [answer.snapshot] : [])),
    denied: denials.map(({ id }) => id),
    deniedAt: denials.map(({ at }) => at).reduce(later, null),
  };
}

async function ask(clerk: ClerkApi, id: string, instanceId: string, readUser: ReadUser): Promise<UserAnswer | null> {
  try {
    return await askForUser(clerk, id, { instanceId, tokenIssuedAt: null }, readUser);
  } catch (error) {
    if (concernsOneUser(error)) return null;
    throw error;
  }
}
