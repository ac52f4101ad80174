import { z } from "zod/v4";
import type { Database } from "../database/database.ts";
import type { ApplicationTables } from "../database/tables.ts";
import { SyncError } from "../sync-error.ts";
import { type Expected, expectations, TIME } from "./expected-tables.ts";
import { type ColumnTypes, quote } from "./statements/names.ts";

const catalogue = z.array(
  z.object({
    table: z.string(),
    exists: z.boolean(),
    /** As of the last ANALYZE or VACUUM; -1 before the first. */
    rows: z.number().nullable(),
    columns: z.array(
      z.object({
        name: z.string(),
        type: z.string(),
        required: z.boolean(),
        filled: z.boolean(),
        /** Part of the primary key, and therefore never nullable. */
        key: z.boolean(),
      }),
    ),
    /** Valid unique indexes on one plain column. ON CONFLICT uses complete ones, and rejects a column with a deferrable one. */
    uniques: z.array(
      z.object({ index: z.string(), column: z.string(), complete: z.boolean(), deferrable: z.boolean() }),
    ),
  }),
);
type Table = z.infer<typeof catalogue>[number];

const catalogueQuery = `select name as "table", oid is not null as "exists",
  (select reltuples::float8 from pg_class where pg_class.oid = tables.oid) as rows,
  coalesce((
    select json_agg(json_build_object('name', attname, 'type', format_type(atttypid, null), 'required', attnotnull,
      'filled', atthasdef or attidentity <> '',
      'key', exists (select from pg_index where indrelid = attrelid and indisprimary and attnum = any(indkey))))
    from pg_attribute where attrelid = oid and attnum > 0 and not attisdropped
  ), '[]') as columns,
  coalesce((
    select json_agg(json_build_object('index', relname, 'column', attname, 'complete', indpred is null,
      'deferrable', not indimmediate))
    from pg_index join pg_class on pg_class.oid = indexrelid join pg_attribute on attrelid = indrelid and attnum = indkey[0]
    where indrelid = tables.oid and indisunique and indisvalid and indnkeyatts = 1
  ), '[]') as uniques
from (select name, to_regclass(name) as oid from unnest($1::text[]) as name) as tables`;

/** Types that are written alike. Any other type, such as a domain of the application's, may be fit: PostgreSQL decides. */
const KINDS = {
  time: /^timestamp/,
  text: /^(text$|character|citext$)/,
  uuid: /^uuid$/,
  number: /^(small|big)?int/,
  flag: /^bool/,
  jsonb: /^jsonb$/,
  json: /^json$/,
};
const kindOf = (type: string) => Object.entries(KINDS).find(([, pattern]) => pattern.test(type))?.[0];

/** What prevents writes to a table, each finding with the statement that fixes it. */
function findings(expected: Expected, actual: Table | undefined): string[] {
  const { table } = expected;
  if (!actual?.exists)
    return [
      `Table ${table} does not exist: ${table.startsWith("rollcall.") ? "run `npx rollcall migrate`" : "create it in your own migration, or name another one in `tables`"}`,
    ];
  const byName = new Map(actual.columns.map((found) => [found.name, found]));
  const missing = expected.columns
    .filter(({ name }) => !byName.has(name))
    .map(
      ({ name, type }) =>
        `Column ${table}.${quote(name)} is missing: ALTER TABLE ${table} ADD COLUMN ${quote(name)} ${type}${expected.unique.includes(name) ? " UNIQUE" : ""}`,
    );
  const unfit = expected.columns.flatMap(({ name, anyType, otherwise, ...rest }) => {
    const found = byName.get(name);
    const kind = found && kindOf(found.type);
    const type = anyType ? (kind === "json" ? "jsonb" : found?.type) : rest.type;
    if (!found || !type || kind === undefined || kind === kindOf(type)) return [];
    return [
      `Column ${table}.${quote(name)} is of type ${found.type}, and must be ${type}${otherwise}: ALTER TABLE ${table} ALTER COLUMN ${quote(name)} DROP DEFAULT, ALTER COLUMN ${quote(name)} TYPE ${type} USING ${converted(quote(name), kind, type)}`,
    ];
  });
  const zoneless = expected.columns
    .filter(({ name, type }) => !expected.zoneless && type === TIME && isZoneless(byName.get(name)))
    .map(
      ({ name }) =>
        `Column ${table}.${quote(name)} has no time zone: ALTER TABLE ${table} ALTER COLUMN ${quote(name)} TYPE timestamptz(3) USING ${quote(name)} AT TIME ZONE 'UTC'`,
    );
  const strict = expected.columns
    .filter(({ name, nullable }) => nullable && byName.get(name)?.required)
    .map(
      ({ name, otherwise }) =>
        `Column ${table}.${quote(name)} must be nullable, since not every Clerk user has one${otherwise}: ALTER TABLE ${table} ALTER COLUMN ${quote(name)} DROP NOT NULL`,
    );
  const written = new Set(expected.columns.filter(({ written }) => written).map(({ name }) => name));
  const otherwise = (name: string) => expected.columns.find((column) => column.name === name)?.otherwise ?? "";
  const unfilled = actual.columns
    .filter(({ name, required, filled }) => required && !filled && !written.has(name))
    .map(
      (unfilled) =>
        `Column ${table}.${quote(unfilled.name)} is neither nullable nor has a default in the database, so no row can be added (it does not know Prisma's own defaults, such as @default(cuid()) or @updatedAt)${otherwise(unfilled.name)}: ALTER TABLE ${table} ALTER COLUMN ${quote(unfilled.name)} ${filling(unfilled)}`,
    );
  const unindexed = expected.unique
    .filter((name) => byName.has(name))
    .flatMap((name) => {
      const uniques = actual.uniques.filter(({ column, complete }) => complete && column === name);
      const changes = [
        ...uniques.filter(({ deferrable }) => deferrable).map(({ index }) => `DROP CONSTRAINT ${quote(index)}`),
        ...(uniques.some(({ deferrable }) => !deferrable) ? [] : [`ADD UNIQUE (${quote(name)})`]),
      ];
      if (changes.length === 0) return [];
      const duplicates =
        uniques.length > 0
          ? ""
          : `. First find the rows that share a value, and keep one of each: SELECT ${quote(name)}, count(*) FROM ${table} WHERE ${quote(name)} IS NOT NULL GROUP BY 1 HAVING count(*) > 1. Then`;
      return `Column ${table}.${quote(name)} must have a plain unique index, neither partial nor deferrable${duplicates}: ALTER TABLE ${table} ${changes.join(", ")}`;
    });
  return [...missing, ...unfit, ...zoneless, ...strict, ...unfilled, ...unindexed];
}

const isZoneless = (column: Table["columns"][number] | undefined) => column?.type === "timestamp without time zone";

function converted(column: string, kind: string, type: string): string {
  if (kind === "flag" && type === TIME) return `CASE WHEN ${column} THEN now() END`;
  if (kind === "time" && type === "boolean") return `${column} IS NOT NULL`;
  return type === "jsonb" && kind !== "json" ? `to_jsonb(${column})` : `${column}::${type}`;
}

/** The change that allows a row without a value for the column, and keeps it required if there is a default to use. */
function filling({ type, key }: Table["columns"][number]): string {
  if (/^(timestamp|date|time)/.test(type)) return "SET DEFAULT now()";
  if (type === "uuid") return "SET DEFAULT gen_random_uuid()";
  if (!key) return "DROP NOT NULL";
  return /^(small|big)?int/.test(type) ? "ADD GENERATED BY DEFAULT AS IDENTITY" : "SET DEFAULT gen_random_uuid()";
}

// In a table of a few pages PostgreSQL reads all of it, and a prepared statement would continue to do so at 100,000 rows.
const LARGE = 1_000;

/** What the statements need to know about the tables. */
export interface CheckedTables {
  /** The names of the unique indexes whose violation is a race between two writers. */
  uniqueIndexes: ReadonlySet<string>;
  /** Every unique index on one column of the application's tables, and the column: its table and name in SQL. */
  uniqueColumns: ReadonlyMap<string, string>;
  types: ColumnTypes;
  /** Whether each table has enough rows that a plan made for it will suit it as it grows. */
  areLarge: boolean;
}

/**
 * Checks whether the tables can be written, in one query of the catalogue.
 *
 * @throws SyncError SCHEMA_MISMATCH; its message names each column and the statement that fixes it
 */
export async function checkTables(db: Database, tables: ApplicationTables): Promise<CheckedTables> {
  const { user } = tables;
  const names = expectations(tables, "text").map(({ table }) => table);
  const rows = catalogue.parse(await db.query(catalogueQuery, [names]));
  const actual = new Map(rows.map((row) => [row.table, row]));
  const columns = actual.get(quote(user.table))?.columns ?? [];
  const idType = columns.find(({ name }) => name === (user.id ?? user.key))?.type ?? "text";
  const expected = expectations(tables, idType);
  const found = expected.flatMap((table) => findings(table, actual.get(table.table)));
  if (found.length > 0) throw new SyncError("SCHEMA_MISMATCH", found.join("\n"));
  return {
    uniqueIndexes: new Set(
      expected.flatMap(({ table, unique }) =>
        (actual.get(table)?.uniques ?? [])
          .filter(({ column, complete }) => complete && unique.includes(column))
          .map(({ index }) => index),
      ),
    ),
    uniqueColumns: new Map(
      rows.flatMap(({ table, uniques }) => uniques.map(({ index, column }) => [index, `${table}.${quote(column)}`])),
    ),
    areLarge: rows.every((table) => (table.rows ?? 0) >= LARGE),
    types: {
      id: idType,
      zoneless: new Set(columns.filter(isZoneless).map(({ name }) => name)),
      user: new Map(columns.map(({ name, type }) => [name, type])),
    },
  };
}
