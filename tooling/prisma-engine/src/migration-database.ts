import type { SqlMigrationAwareDriverAdapterFactory } from "@prisma/driver-adapter-utils";
import type { Connection } from "@rollcall/db/connection";
import { connectionError, EngineError } from "./engine-error.ts";
import { MigrationAdapter } from "./migration-adapter.ts";
import { isBehindTransactionPooler } from "./transaction-pooler.ts";

/** The database that the schema engine works on, and the shadow databases beside it. */
export class MigrationDatabase implements SqlMigrationAwareDriverAdapterFactory {
  readonly provider = "postgres";
  readonly adapterName = "@prisma/adapter-pg";

  constructor(private readonly connection: Connection) {}

  connect(): Promise<MigrationAdapter> {
    return MigrationAdapter.connect(this.connection);
  }

  /**
   * A new, empty database on the same server, in which the engine replays the migrations; it goes when the engine
   * disposes of it. adapter-pg's own way is no good: given a connection string it replays them on the real database,
   * and it drops the shadow before it has hung up.
   */
  async connectToShadowDb(): Promise<MigrationAdapter> {
    const shadow = `prisma_migrate_shadow_db_${crypto.randomUUID()}`;
    await execute(this.connection, `CREATE DATABASE ${quoted(shadow)}`);
    return MigrationAdapter.connect(at(this.connection, shadow), () =>
      execute(this.connection, `DROP DATABASE ${quoted(shadow)} WITH (FORCE)`),
    );
  }

  /**
   * Asked by the CLI before it migrates.
   *
   * @throws {EngineError} where the server is out of reach, refuses the user or has no such database, or is behind a
   * pooler of transactions: the lock that keeps two deployments apart would stay on a session that others share.
   */
  async ping(): Promise<void> {
    await this.connecting(() => execute(this.connection, "SELECT 1"));
    // A server that allows a single connection is behind none that matters.
    if (await isBehindTransactionPooler(this.connection).catch(() => false)) {
      throw new EngineError(
        null,
        "This connection goes through a pooler that hands out a session a transaction, as PgBouncer does: the lock of a migration would stay behind on it. Set POSTGRES_URL_NON_POOLING to the connection string without the pooler.",
      );
    }
  }

  /** Makes the database itself, from the one that every server has. @throws {EngineError} */
  async create(): Promise<void> {
    const name = this.connection.config.database ?? "";
    await this.connecting(() => execute(at(this.connection, "postgres"), `CREATE DATABASE ${quoted(name)}`));
  }

  private async connecting(attempt: () => Promise<void>): Promise<void> {
    try {
      await attempt();
    } catch (error) {
      throw connectionError(error, this.connection);
    }
  }
}

function at(connection: Connection, database: string): Connection {
  return { ...connection, config: { ...connection.config, database } };
}

function quoted(identifier: string): string {
  return `"${identifier.replaceAll('"', '""')}"`;
}

async function execute(connection: Connection, sql: string): Promise<void> {
  const adapter = await MigrationAdapter.connect(connection);
  try {
    await adapter.executeScript(sql);
  } finally {
    await adapter.dispose();
  }
}
