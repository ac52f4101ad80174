import { indexes, pendingMigrations } from "@rollcall/migrations";
import pg from "pg";
import { z } from "zod/v4";
import { migrate } from "../migrate.ts";
import { SyncError } from "../sync-error.ts";
import { checkTables } from "../write-path/check-tables.ts";
import { names } from "../write-path/statements/names.ts";
import type { EngineCheck, EngineContext } from "./context.ts";

export const migrations: EngineCheck = {
  id: "migrations",
  title: "Rollcall's tables are those of this version",
  requires: ["rights"],
  async run({ db }) {
    const pending = await pendingMigrations((text) => db.query(text));
    if (pending.length === 0) return { status: "ok" };
    return {
      status: "finding",
      severity: "error",
      message: `Not applied yet: ${pending.map(({ name }) => name).join(", ")}.`,
      remedy: "npx rollcall migrate",
    };
  },
  fix: async ({ connectionString }) => void (await migrate(direct(connectionString))),
};

const indexRows = z.array(z.object({ name: z.string(), valid: z.boolean() }));

/** Statements that create the indexes that are missing, or that PostgreSQL does not use because their creation failed. */
async function lostIndexes({ db }: EngineContext): Promise<string[]> {
  const found = indexRows.parse(
    await db.query(`select relname::text as name, indisvalid as valid from pg_index join pg_class on pg_class.oid = indexrelid
      where relnamespace = to_regnamespace('rollcall')`),
  );
  const valid = new Set(found.filter(({ valid }) => valid).map(({ name }) => name));
  const present = new Set(found.map(({ name }) => name));
  return Object.entries(indexes).flatMap(([name, statement]) =>
    valid.has(name) ? [] : [...(present.has(name) ? [`drop index rollcall."${name}"`] : []), statement],
  );
}

export const ownIndexes: EngineCheck = {
  id: "indexes",
  title: "Rollcall's tables have their indexes",
  requires: ["migrations"],
  async run(context) {
    const statements = await lostIndexes(context);
    if (statements.length === 0) return { status: "ok" };
    return {
      status: "finding",
      severity: "error",
      message: "Indexes are missing. Without them two runs can start together, and reads become slow.",
      remedy: `npx rollcall check --fix\n${statements.join("\n")}`,
    };
  },
  async fix(context) {
    const client = new pg.Client({ connectionString: direct(context.connectionString) });
    await client.connect();
    try {
      for (const statement of await lostIndexes(context)) await client.query(statement);
    } finally {
      await client.end();
    }
  },
};

export const columns: EngineCheck = {
  id: "columns",
  title: "The application's tables can be written",
  requires: ["database"],
  async run({ db, tables }) {
    try {
      await checkTables(db, tables);
      return { status: "ok" };
    } catch (error) {
      // Its message names each column with the statement; one from the database itself has a cause.
      if (!(error instanceof SyncError) || error.code !== "SCHEMA_MISMATCH" || error.cause !== undefined) throw error;
      return {
        status: "finding",
        severity: "error",
        message: error.message,
        remedy: "Run these statements in one of your migrations, or name other columns in `tables`.",
      };
    }
  },
};

// A unique index is the proof, and a look at the catalogue takes no time. Without one, the whole table is read.
const isUnique = `select 1 from pg_index i
join pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[0]
where i.indrelid = to_regclass($1::text) and format('"%s"', replace(a.attname, '"', '""')) = $2::text
  and i.indisunique and i.indisvalid and i.indpred is null and i.indnkeyatts = 1`;

const duplicateRows = z.tuple([z.object({ groups: z.number(), rows: z.number() })]);

export const duplicates: EngineCheck = {
  id: "duplicates",
  title: "No two rows share what must be unique",
  requires: ["database"],
  async run({ db, tables }) {
    const { users, key, email, customer } = names(tables);
    const found: { column: string; groups: number; rows: number; search: string }[] = [];
    for (const [table, column] of [
      [users, key],
      [users, email],
      ...(customer ? [[customer.customers, customer.userKey]] : []),
    ]) {
      if ((await db.query(isUnique, [table, column])).length > 0) continue;
      const grouped = `from ${table} where ${column} is not null group by ${column} having count(*) > 1`;
      const [{ groups, rows }] = duplicateRows.parse(
        await db.query(
          `select count(*)::float8 as groups, coalesce(sum(n), 0)::float8 as rows from (select count(*) as n ${grouped}) as shared`,
        ),
      );
      if (groups > 0) {
        found.push({ column: `${table}.${column}`, groups, rows, search: `select ${column}, count(*) ${grouped}` });
      }
    }
    if (found.length === 0) return { status: "ok" };
    return {
      status: "finding",
      severity: "error",
      message: found
        .map(
          ({ column, groups, rows }) =>
            `${rows} rows share ${groups} ${groups === 1 ? "value" : "values"} of ${column}: it cannot become unique.`,
        )
        .join("\n"),
      remedy: `Keep one row of each. To find them: ${found.map(({ search }) => search).join("; ")}`,
    };
  },
};

function direct(connectionString: string | undefined): string {
  if (connectionString !== undefined) return connectionString;
  throw new SyncError("NOT_CONFIGURED", "createRollcall was given no connectionString");
}
