import { z } from "zod";
import type { Database } from "../database.ts";
import type { ApplicationTables } from "../tables.ts";
import { names } from "../write-path/statements/fragments.ts";

const rows = z.array(z.object({ id: z.string() }));

/** The Clerk instance that the database mirrors; null before the first sync. */
export async function activeInstance(db: Pick<Database, "$queryRawUnsafe">): Promise<string | null> {
  const [row] = rows.parse(await db.$queryRawUnsafe(`select id from "ClerkInstance"`));
  return row?.id ?? null;
}

/**
 * Makes an instance the active one of a database that has none; of several that come at once the first.
 *
 * @param options.onlyWhereEmpty not where the application's table already holds users of Clerk's: an instance on this
 * machine cannot be the one that they came from
 */
export async function adoptFirstInstance(
  db: Pick<Database, "$executeRawUnsafe">,
  tables: ApplicationTables,
  id: string,
  { onlyWhereEmpty }: { onlyWhereEmpty: boolean },
): Promise<void> {
  const { users, isClerks } = names(tables);
  await db.$executeRawUnsafe(
    `insert into "ClerkInstance" (id, "adoptedAt") select $1::text, clock_timestamp()
     where not $2::boolean or not exists (select from ${users} u where ${isClerks("u")}) on conflict do nothing`,
    id,
    onlyWhereEmpty,
  );
}
