import { TRPCError } from "@trpc/server";

const PAGE = 20; // rows

/** Which page of a list: by default the first, of 20 rows. */
export const toPage = (
  input: { cursor?: string | null | undefined; limit?: number | undefined } | null | undefined,
): { cursor: string | null; limit: number } => ({ cursor: input?.cursor ?? null, limit: input?.limit ?? PAGE });

/** @throws TRPCError BAD_REQUEST if there is no such page */
export async function orBadCursor<Page>(page: Promise<Page | null>): Promise<Page> {
  const found = await page;
  if (found) return found;
  throw new TRPCError({ code: "BAD_REQUEST", message: "cursor is the nextCursor of the previous page of this list" });
}
