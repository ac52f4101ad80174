import { z } from "zod/v4";
import { SyncError } from "../sync-error.ts";
import { type ClerkApi, ClerkRefusal } from "./clerk-api.ts";

/** Clerk's largest page; a larger `limit` silently gives 10. */
export const PAGE_SIZE = 500;

/** What to list: Clerk's own parameters of `GET /v1/users`. */
export interface ListParameters {
  order_by?: "+created_at" | "-created_at" | "-updated_at" | undefined;
  limit: number;
  offset?: number | undefined;
  starting_after?: string | undefined;
  created_at_after?: number | undefined;
  created_at_before?: number | undefined;
  /** Up to 100 of one of these; with a sign, `+` for those that are wanted. */
  user_id?: readonly string[] | undefined;
  external_id?: readonly string[] | undefined;
  email_address?: readonly string[] | undefined;
}

/** Users as Clerk listed them, not yet parsed: one invalid user must not fail the whole page. */
export interface UserPage {
  users: unknown[];
  at: Date | null;
}

/** Requests about a whole directory. All throw what `ClerkApi.get` throws. */
export async function listUsers(clerk: ClerkApi, parameters: ListParameters): Promise<UserPage> {
  const answer = await clerk.get("/users", { ...parameters });
  if (!answer.found) throw new ClerkRefusal(404, "/users"); // one of the answers to a cursor whose user is gone
  return { users: parse(z.array(z.unknown()), "/users", answer.body), at: answer.at };
}

/** The number of users; if a moment (ms) is given, of those created before it. */
export async function countUsers(clerk: ClerkApi, created: { created_at_before?: number } = {}): Promise<number> {
  const counted = parse(
    z.object({ total_count: z.number() }),
    "/users/count",
    (await answerAt(clerk, "/users/count", created)).body,
  );
  return counted.total_count;
}

/** The instance that the key belongs to. `at`: a moment, in Clerk's time, while the request was pending; null if the answer had no `Date`. */
export async function getInstance(clerk: ClerkApi): Promise<{ id: string; at: Date | null }> {
  const { body, at } = await answerAt(clerk, "/instance");
  return { id: parse(z.object({ id: z.string() }), "/instance", body).id, at };
}

/** The id of the instance that the key belongs to. */
export const getInstanceId = async (clerk: ClerkApi): Promise<string> => (await getInstance(clerk)).id;

/** The body at a path that Clerk always serves. */
async function answerAt(
  clerk: ClerkApi,
  path: string,
  parameters: Record<string, number> = {},
): Promise<{ body: unknown; at: Date | null }> {
  const answer = await clerk.get(path, parameters);
  if (!answer.found) throw new ClerkRefusal(404, path);
  return answer;
}

function parse<T>(schema: z.ZodType<T>, path: string, body: unknown): T {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  throw new SyncError("CLERK_ERROR", `Clerk's answer to ${path} does not have the expected form`, {
    cause: parsed.error,
  });
}
