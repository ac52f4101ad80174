// @ts-nocheck
// Prisma 6 would download its schema engine. This has the CLI use the one that is in the package, as WebAssembly over
// @prisma/adapter-pg, and repairs three things in which that adapter is not made for migrations.
import { PrismaPg } from "@prisma/adapter-pg";
import { ColumnTypeEnum } from "@prisma/driver-adapter-utils";

const CHAR = 18;
const NAME = 19;
const TEXT = 25;

export async function offlineAdapter(connectionString: string) {
  const factory = new PrismaPg({ connectionString, allowExitOnIdle: true });
  const adapter: any = await factory.connect();
  const own = Object.getPrototypeOf(adapter);
  const base = Object.getPrototypeOf(own);

  // It splits scripts at every semicolon, also in quotes.
  own.executeScript = async function (script: string) {
    await this.client.query(script).catch((error: unknown) => this.onError(error));
  };
  // It rejects the types of PostgreSQL's own tables.
  const { performIO, queryRaw } = base;
  base.performIO = async function (query: any) {
    const result = await performIO.call(this, query);
    query.isChar = result.fields?.map((field: any) => field.dataTypeID === CHAR);
    for (const field of result.fields ?? []) if ([CHAR, NAME].includes(field.dataTypeID)) field.dataTypeID = TEXT;
    return result;
  };
  base.queryRaw = async function (query: any) {
    const result = await queryRaw.call(this, query);
    // PostgreSQL 18 lists NOT NULL among the constraints, at which the engine of Prisma 6 panics.
    const kind = result.columnNames.indexOf("constraint_type");
    if (kind >= 0) result.rows = result.rows.filter((row: unknown[]) => row[kind] !== "n");
    result.columnTypes = result.columnTypes.map((type: number, i: number) =>
      query.isChar?.[i] ? ColumnTypeEnum.Character : type,
    );
    return result;
  };
  await adapter.dispose();
  return factory;
}

// The engine leaves a timer of a minute behind, which would keep the CLI from ending.
const { setTimeout: original } = globalThis;
globalThis.setTimeout = ((work: () => void, ms = 0, ...rest: unknown[]) => {
  const timer: any = (original as any)(work, ms, ...rest);
  if (ms >= 10_000) timer.unref();
  return timer;
}) as any;
