import { createHash, randomUUID } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import pg from "pg";
import { z } from "zod";
import { repositoryRoot } from "../repository.ts";

export const migrationsDirectory = path.join(repositoryRoot, "prisma", "migrations");

export type MigrationErrorCode =
  /** Its SQL was refused in this run. */
  | "MIGRATION_FAILED"
  /** It failed in an earlier run and has not been fixed since. */
  | "MIGRATION_FAILED_BEFORE"
  /** Its file is not the one that was applied. */
  | "MIGRATION_EDITED";

export class MigrationError extends Error {
  override readonly name = "MigrationError";
  readonly code: MigrationErrorCode;
  readonly migration: string;

  constructor(code: MigrationErrorCode, migration: string, message: string, options?: ErrorOptions) {
    super(`Migration ${migration} ${message}`, options);
    this.code = code;
    this.migration = migration;
  }
}

interface Migration {
  name: string;
  sql: string;
  checksum: string;
}

const appliedSchema = z.array(z.object({ name: z.string(), checksum: z.string(), finished: z.boolean() }));

// Both literals are Prisma's own: its `migrate deploy` waits for this lock and continues from this table.
const PRISMA_LOCK = "SELECT pg_advisory_lock(72707369)";
const PRISMA_TABLE = `CREATE TABLE IF NOT EXISTS "_prisma_migrations" (
  id                  VARCHAR(36) PRIMARY KEY NOT NULL,
  checksum            VARCHAR(64) NOT NULL,
  finished_at         TIMESTAMPTZ,
  migration_name      VARCHAR(255) NOT NULL,
  logs                TEXT,
  rolled_back_at      TIMESTAMPTZ,
  started_at          TIMESTAMPTZ NOT NULL DEFAULT now(),
  applied_steps_count INTEGER NOT NULL DEFAULT 0
)`;

/**
 * Applies the pending migrations as `prisma migrate deploy` does, without its engine: milliseconds, and nothing to download.
 * Unlike it, refuses a database whose applied migrations were edited since.
 * @returns the names of those applied now
 * @throws MigrationError
 */
export function migrate(connectionString: string, directory = migrationsDirectory): Promise<string[]> {
  return withClient(connectionString, async (client) => {
    await client.query(PRISMA_LOCK); // The session's end releases it.
    await client.query(PRISMA_TABLE);
    const pending = pendingOf(readMigrations(directory), await readApplied(client));
    for (const migration of pending) await apply(client, migration);
    return pending.map(({ name }) => name);
  });
}

/**
 * The names of the migrations that this database lacks. Writes nothing.
 * @throws MigrationError MIGRATION_FAILED_BEFORE, MIGRATION_EDITED
 */
export function pendingMigrations(connectionString: string, directory = migrationsDirectory): Promise<string[]> {
  return withClient(connectionString, async (client) => {
    const { rows } = await client.query("SELECT to_regclass('_prisma_migrations') IS NOT NULL AS known");
    const known = z.tuple([z.object({ known: z.boolean() })]).parse(rows)[0].known;
    return pendingOf(readMigrations(directory), known ? await readApplied(client) : []).map(({ name }) => name);
  });
}

function readMigrations(directory: string): Migration[] {
  return readdirSync(directory)
    .sort()
    .filter((name) => existsSync(path.join(directory, name, "migration.sql")))
    .map((name) => {
      const sql = readFileSync(path.join(directory, name, "migration.sql"), "utf8");
      return { name, sql, checksum: createHash("sha256").update(sql).digest("hex") };
    });
}

async function readApplied(client: pg.Client): Promise<z.infer<typeof appliedSchema>> {
  const { rows } = await client.query(
    `SELECT migration_name AS name, checksum, finished_at IS NOT NULL AS finished FROM "_prisma_migrations" WHERE rolled_back_at IS NULL`,
  );
  return appliedSchema.parse(rows);
}

function pendingOf(migrations: Migration[], applied: z.infer<typeof appliedSchema>): Migration[] {
  const unfinished = applied.find(({ finished }) => !finished);
  if (unfinished) {
    throw new MigrationError(
      "MIGRATION_FAILED_BEFORE",
      unfinished.name,
      "failed before: see `logs` in the table _prisma_migrations.",
    );
  }
  const checksums = new Map(applied.map(({ name, checksum }) => [name, checksum]));
  const edited = migrations.find(({ name, checksum }) => checksums.has(name) && checksums.get(name) !== checksum);
  if (edited)
    throw new MigrationError("MIGRATION_EDITED", edited.name, "was edited after it had been applied to this database.");
  return migrations.filter(({ name }) => !checksums.has(name));
}

async function apply(client: pg.Client, { name, sql, checksum }: Migration): Promise<void> {
  const id = randomUUID();
  await client.query(`INSERT INTO "_prisma_migrations" (id, checksum, migration_name) VALUES ($1, $2, $3)`, [
    id,
    checksum,
    name,
  ]);
  try {
    await client.query(sql); // One string, one transaction: a refused script leaves nothing behind.
  } catch (error) {
    const reason = describe(error, sql);
    await client.query("ROLLBACK"); // A script may have begun a transaction of its own.
    await client.query(`UPDATE "_prisma_migrations" SET logs = $2 WHERE id = $1`, [id, reason]);
    throw new MigrationError("MIGRATION_FAILED", name, `failed: ${reason}`, { cause: error });
  }
  await client.query(`UPDATE "_prisma_migrations" SET finished_at = now(), applied_steps_count = 1 WHERE id = $1`, [
    id,
  ]);
}

function describe(error: unknown, sql: string): string {
  if (!(error instanceof pg.DatabaseError)) return String(error);
  const line = error.position === undefined ? "" : ` (line ${sql.slice(0, Number(error.position)).split("\n").length})`;
  return `${error.message}${line}, SQLSTATE ${error.code}`;
}

export async function withClient<Result>(
  connectionString: string,
  use: (client: pg.Client) => Promise<Result>,
): Promise<Result> {
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: 10_000 });
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}
