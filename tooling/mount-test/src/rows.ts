import { randomBytes } from "node:crypto";
import pg from "pg";
import type { ClerkUser } from "./clerk.ts";
import type { HostRecipe } from "./hosts.ts";

/** The users that the host had before: some linked to Clerk, some not yet, some not Clerk's at all. */
export const ROWS = { linked: 700, unlinked: 250, own: 50 };
export const ALL_ROWS = ROWS.linked + ROWS.unlinked + ROWS.own;

/** A query's rows, over its own connection. */
export async function query<Row extends pg.QueryResultRow>(
  databaseUrl: string,
  sql: string,
  values: unknown[] = [],
): Promise<Row[]> {
  const client = new pg.Client(databaseUrl);
  await client.connect();
  try {
    return (await client.query<Row>(sql, values)).rows;
  } finally {
    await client.end();
  }
}

export async function writeRows(recipe: HostRecipe, databaseUrl: string, clerkUsers: ClerkUser[]): Promise<void> {
  const { user, id, clerkId, email, name, newId } = recipe.tables;
  const withEmail = clerkUsers.filter((clerkUser) => clerkUser.email !== null);
  const linked = withEmail.slice(0, ROWS.linked);
  const unlinked = withEmail.slice(ROWS.linked, ROWS.linked + ROWS.unlinked);
  if (unlinked.length < ROWS.unlinked) throw new Error("Clerk has too few users for the host's rows");
  const rows = [
    ...linked.map((clerkUser) => ({ clerkId: clerkUser.id, email: clerkUser.email })),
    ...unlinked.map((clerkUser) => ({ clerkId: null, email: clerkUser.email })),
    ...Array.from({ length: ROWS.own }, (_, n) => ({ clerkId: null, email: `own-${n}@shop.example` })),
  ];
  const time = recipe.name === "t3-drizzle" ? "" : `, "updatedAt"`;
  await query(
    databaseUrl,
    `insert into ${user} (${id}, ${clerkId}, ${email}, ${name}${time})
     select case when given.id is null then gen_random_uuid()::text else given.id end${newId === null ? "::uuid" : ""}, key, address, 'as it was'${time && ", '2024-01-01'"}
     from unnest($1::text[], $2::text[], $3::text[]) as given(id, key, address)`,
    [
      rows.map(() => (newId === null ? null : `c${randomBytes(16).toString("hex").slice(0, 24)}`)),
      rows.map((row) => row.clerkId),
      rows.map((row) => row.email),
    ],
  );
  await query(databaseUrl, recipe.reference.sql);
}
