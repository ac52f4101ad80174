import { hasPgBouncer, startPgBouncer } from "@rollcall/dev-stack/testing/pgbouncer";
import { expect, test } from "vitest";
import { createEmptyDatabase, query } from "./empty-database.ts";
import { connectEngine } from "./engine.ts";

test.skipIf(!hasPgBouncer)(
  "a connection through a transaction pooler is refused, and leaves no lock behind",
  async () => {
    await using database = await createEmptyDatabase();
    await using pooler = await startPgBouncer(database.url);

    await expect(connectEngine(pooler.url)).rejects.toThrow("Set POSTGRES_URL_NON_POOLING");

    const locks = `SELECT count(*)::int FROM pg_locks JOIN pg_database ON pg_database.oid = database
      WHERE locktype = 'advisory' AND datname = current_database()`;
    expect(await query(database.url, locks)).toEqual([0]);
    expect(await query(database.url, "SELECT count(*)::int FROM pg_tables WHERE schemaname = 'public'")).toEqual([0]);
  },
);
