import { z } from "zod/v4";
import type { Queries } from "../database/database.ts";
import type { ApplicationTables } from "../database/tables.ts";
import { names } from "../write-path/statements/names.ts";

const rows = z.array(z.object({ id: z.string() }));

/** The Clerk instance that the database mirrors; null before the first sync. */
export async function activeInstance(db: Queries): Promise<string | null> {
  const [row] = rows.parse(await db.query(`select id from rollcall."ClerkInstance"`));
  return row?.id ?? null;
}

/** When a database that mirrors no instance may adopt this one. */
export interface Adoptable {
  tables: ApplicationTables;
  /** Refuse if the application's table already holds Clerk users: they did not come from an instance on this machine. */
  onlyWhereEmpty: boolean;
}

/** Parameter 1: onlyWhereEmpty. */
function condition(tables: ApplicationTables): string {
  const { users, isClerks } = names(tables);
  return `not $1::boolean or not exists (select from ${users} u where ${isClerks("u")})`;
}

/** Whether `adoptFirstInstance` would adopt. Writes nothing. */
export async function isAdoptable(db: Queries, { tables, onlyWhereEmpty }: Adoptable): Promise<boolean> {
  const found = await db.query(`select 1 where ${condition(tables)}`, [onlyWhereEmpty]);
  return found.length > 0;
}

/** Makes an instance the active one of a database that has none; of several concurrent calls the first wins. */
export async function adoptFirstInstance(
  db: Queries,
  id: string,
  { tables, onlyWhereEmpty }: Adoptable,
): Promise<void> {
  await db.query(
    `insert into rollcall."ClerkInstance" (id, "adoptedAt") select $2::text, clock_timestamp() where ${condition(tables)}
     on conflict do nothing`,
    [onlyWhereEmpty, id],
  );
}
