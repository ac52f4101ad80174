import { clerkUserSchema, isClerkId } from "../snapshot/clerk-user.ts";
import { type Snapshot, toSnapshot } from "../snapshot/snapshot.ts";
import { SyncError } from "../sync-error.ts";
import type { ClerkApi } from "./clerk-api.ts";

/**
 * Asks Clerk for one user.
 *
 * @param known `tokenIssuedAt`: Clerk made a token for the user at that time, so the answer is at least as new
 * @throws SyncError USER_NOT_FOUND, CLERK_ERROR where the answer cannot be used, and what `ClerkApi.get` throws
 */
export async function getUser(
  clerk: ClerkApi,
  id: string,
  known: { instanceId: string; tokenIssuedAt: Date | null },
): Promise<Snapshot> {
  if (!isClerkId(id)) throw new SyncError("USER_NOT_FOUND", "The id is not of Clerk's form");
  const answer = await clerk.get(`/users/${id}`, {});
  if (!answer) throw new SyncError("USER_NOT_FOUND", `Clerk knows no user ${id}`);
  const parsed = clerkUserSchema.safeParse(answer.body);
  if (!parsed.success || parsed.data.id !== id) {
    throw new SyncError("CLERK_ERROR", `Clerk's answer about ${id} is not of the expected form`);
  }
  return toSnapshot(parsed.data, { instanceId: known.instanceId, at: later(answer.at, known.tokenIssuedAt) });
}

const later = (a: Date | null, b: Date | null): Date | null => (a && b ? (a > b ? a : b) : (a ?? b));
