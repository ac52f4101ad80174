import { hasPgBouncer, startPgBouncer } from "@rollcall/dev-stack/testing/pgbouncer";
import { expect, test } from "vitest";
import { createEmptyDatabase, query } from "./empty-database.ts";
import { thisRepository } from "./prisma-cli.ts";

test.skipIf(!hasPgBouncer)(
  "migrate deploy through a transaction pooler is refused, and leaves no lock behind",
  async () => {
    await using database = await createEmptyDatabase();
    await using pooler = await startPgBouncer(database.url);

    const deployed = await thisRepository.prisma(pooler.url, "migrate", "deploy");

    expect(deployed).toMatchObject({ exitCode: 1, output: expect.stringContaining("Set POSTGRES_URL_NON_POOLING") });
    expect(await query(database.url, "SELECT count(*)::int FROM pg_locks WHERE locktype = 'advisory'")).toEqual([0]);
    expect(await query(database.url, "SELECT count(*)::int FROM pg_tables WHERE schemaname = 'public'")).toEqual([0]);
  },
);
