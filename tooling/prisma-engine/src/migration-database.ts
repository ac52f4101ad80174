import type { SqlMigrationAwareDriverAdapterFactory } from "@prisma/driver-adapter-utils";
import type { Connection } from "@rollcall/db/connection";
import { connectionError, EngineError } from "./engine-error.ts";
import { MigrationAdapter } from "./migration-adapter.ts";
import { isBehindTransactionPooler } from "./transaction-pooler.ts";

/** The database that the schema engine works on, and its shadow databases. */
export class MigrationDatabase implements SqlMigrationAwareDriverAdapterFactory {
  readonly provider = "postgres";
  readonly adapterName = "@prisma/adapter-pg";

  constructor(private readonly connection: Connection) {}

  connect(): Promise<MigrationAdapter> {
    return MigrationAdapter.connect(this.connection);
  }

  /**
   * A new, empty database on the same server, in which the engine replays the migrations; it is dropped when the engine disposes
   * of it. adapter-pg's own way is broken: with a connection string it replays them on the real database, and it drops the shadow
   * before it has disconnected.
   */
  async connectToShadowDb(): Promise<MigrationAdapter> {
    const shadow = `prisma_migrate_shadow_db_${crypto.randomUUID()}`;
    await execute(this.connection, `CREATE DATABASE ${quoted(shadow)}`);
    return MigrationAdapter.connect(at(this.connection, shadow), () =>
      execute(this.connection, `DROP DATABASE ${quoted(shadow)} WITH (FORCE)`),
    );
  }

  /**
   * The CLI asks this before it migrates.
   *
   * @throws {EngineError} if the server is unreachable, refuses the user or has no such database, or is behind a transaction
   * pooler: the lock that separates two deployments would stay on a session that others share.
   */
  async ping(): Promise<void> {
    await this.connecting(() => execute(this.connection, "SELECT 1"));
    // A server that allows only one connection is not behind a relevant pooler.
    if (await isBehindTransactionPooler(this.connection).catch(() => false)) {
      throw new EngineError(
        null,
        "This connection goes through a transaction pooler, such as PgBouncer: a migration's lock would stay behind on it. Set POSTGRES_URL_NON_POOLING to the connection string without the pooler.",
      );
    }
  }

  /** Creates the database itself, connected to the one that every server has. @throws {EngineError} */
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
