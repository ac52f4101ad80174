import { createHash } from "node:crypto";
import path from "node:path";
import { migrateTables, pendingMigrations as pendingTableMigrations } from "@rollcall/migrations";
import { CommandError } from "./commands/command-error.ts";
import { MigrationError, migrate, pendingMigrations, withClient } from "./postgres/migrate.ts";
import { PostgresError } from "./postgres/postgres-error.ts";
import { type Postgres, startPostgres } from "./postgres/start-postgres.ts";

/** The database that `dev` created, now or at an earlier start, with every migration. */
export interface DevDatabase extends Pick<Postgres, "port" | "exited" | typeof Symbol.asyncDispose> {
  readonly url: string;
}

export interface DevDatabaseOptions {
  /** Where its data is kept. */
  folder: string;
  port: number;
  /** The key of the Clerk whose users it contains, if it is not the emulator: each has its own database. */
  clerkKey: string | undefined;
}

/** @throws CommandError if another `dev` runs on that folder, or an existing database does not fit these migrations. */
export async function openDevDatabase({ folder, port, clerkKey }: DevDatabaseOptions): Promise<DevDatabase> {
  const name = clerkKey === undefined ? "rollcall" : `rollcall_${digest(clerkKey)}`;
  // Durable: the data must survive a power failure, and a developer's writes are few.
  const postgres = await startPostgres({ dataDirectory: path.join(folder, "postgres"), port, durable: true }).catch(
    (error: unknown) => {
      if (!(error instanceof PostgresError && error.code === "DATA_IN_USE")) throw error;
      throw new CommandError(`\`pnpm dev\` already runs in this checkout. ${error.message}`);
    },
  );
  const url = postgres.url(name);
  try {
    await postgres.createDatabase(name).catch((error: unknown) => {
      if (!(error instanceof Error && "code" in error && error.code === "42P04")) throw error; // it exists
    });
    await migrate(url);
    await migrateTables(url);
  } catch (error) {
    await postgres.stop();
    if (!(error instanceof MigrationError)) throw error;
    throw new CommandError(`${error.message}\nThis is dev's own database: delete ${folder} to start over.`);
  }
  return { port: postgres.port, exited: postgres.exited, url, [Symbol.asyncDispose]: postgres.stop };
}

const pendingTables = (connectionString: string): Promise<string[]> =>
  withClient(connectionString, async (client) => {
    const pending = await pendingTableMigrations(async (text) => (await client.query(text)).rows);
    return pending.map(({ name }) => `rollcall: ${name}`);
  });

const digest = (key: string) => createHash("sha256").update(key).digest("hex").slice(0, 8);

/**
 * What a developer's own database lacks, as a sentence. Only reads it.
 * @throws CommandError if it does not answer. No message repeats the connection string.
 */
export async function migrationState(connectionString: string): Promise<string> {
  try {
    const pending = [...(await pendingMigrations(connectionString)), ...(await pendingTables(connectionString))];
    return pending.length === 0
      ? "It has every migration."
      : `It lacks ${pending.join(", ")}: run \`pnpm db:migrate\`.`;
  } catch (error) {
    if (error instanceof MigrationError) return `${error.message} \`pnpm prisma migrate status\` says more.`;
    const code = error instanceof Error && "code" in error ? ` (${error.code})` : "";
    throw new CommandError(
      `The database of POSTGRES_URL does not answer${code}. Start it or fix the variable; unset it to use the database that dev creates.`,
    );
  }
}
