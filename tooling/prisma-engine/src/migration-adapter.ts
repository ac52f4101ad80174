import { EventEmitter } from "node:events";
import { PrismaPg } from "@prisma/adapter-pg";
import {
  ColumnTypeEnum,
  type ConnectionInfo,
  type IsolationLevel,
  type SqlDriverAdapter,
  type SqlQuery,
  type SqlResultSet,
  type Transaction,
} from "@prisma/driver-adapter-utils";
import type { Connection } from "@rollcall/db/connection";
import type { FieldDef, PoolClient } from "pg";

/** PostgreSQL's object ids of `"char"`, its catalogue's one-byte type, and of `text`. */
const CHAR = 18;
const TEXT = 25;

/** How long a server may take to accept a connection, in ms: a sleeping one wakes up within a few seconds. */
const CONNECT_TIMEOUT = 10_000;

type PgAdapter = Awaited<ReturnType<PrismaPg["connect"]>>;

/**
 * adapter-pg, adapted to the schema engine. Two of its behaviours are right for an application and wrong for migrations:
 *
 * - It splits a script at every semicolon, even inside quotes and `$$`. Here a script is sent whole, as Prisma's own engine sends
 *   it, so that it is one implicit transaction as well.
 * - It refuses columns of type `"char"`, which are common in the catalogue and which the schema engine reads as characters.
 *
 * Everything goes through one connection: the lock that separates two deployments belongs to the session.
 */
export class MigrationAdapter implements SqlDriverAdapter {
  readonly provider = "postgres";
  readonly adapterName: string;
  /** Which columns of the current result are `"char"`. With one connection there is only one current result. */
  private charColumns: boolean[] = [];

  private constructor(
    private readonly adapter: PgAdapter,
    private readonly afterHangUp: (() => Promise<void>) | undefined,
  ) {
    this.adapterName = adapter.adapterName;
    adapter.underlyingDriver().on("connect", (client) => this.presentCharAsText(client));
  }

  /** It connects at the first query, and calls `afterHangUp` when it was disposed of. */
  static async connect({ config, schema }: Connection, afterHangUp?: () => Promise<void>): Promise<MigrationAdapter> {
    const oneConnection = { ...config, max: 1, idleTimeoutMillis: 0, connectionTimeoutMillis: CONNECT_TIMEOUT };
    const adapter = await new PrismaPg(oneConnection, schema ? { schema } : {}).connect();
    return new MigrationAdapter(adapter, afterHangUp);
  }

  async executeScript(script: string): Promise<void> {
    await this.adapter.executeRaw({ sql: script, args: [], argTypes: [] });
  }

  async queryRaw(query: SqlQuery): Promise<SqlResultSet> {
    const result = await this.adapter.queryRaw(query);
    const columnTypes = result.columnTypes.map((type, i) => (this.charColumns[i] ? ColumnTypeEnum.Character : type));
    return { ...result, columnTypes };
  }

  executeRaw(query: SqlQuery): Promise<number> {
    return this.adapter.executeRaw(query);
  }

  startTransaction(isolationLevel?: IsolationLevel): Promise<Transaction> {
    return this.adapter.startTransaction(isolationLevel);
  }

  getConnectionInfo(): ConnectionInfo {
    return this.adapter.getConnectionInfo();
  }

  async dispose(): Promise<void> {
    await this.adapter.dispose();
    await this.afterHangUp?.();
  }

  /** Renames the type where `pg` reads the description of a result, before adapter-pg sees it. */
  private presentCharAsText(client: PoolClient): void {
    if (!("connection" in client && client.connection instanceof EventEmitter)) {
      throw new Error(
        "This version of pg hides its connection: MigrationAdapter has to find the result's types elsewhere",
      );
    }
    client.connection.prependListener("rowDescription", ({ fields }: { fields: FieldDef[] }) => {
      this.charColumns = fields.map((field) => field.dataTypeID === CHAR);
      for (const field of fields) if (field.dataTypeID === CHAR) field.dataTypeID = TEXT;
    });
  }
}
