import { z } from "zod/v4";
import type { Database } from "../database/database.ts";
import type { ApplicationTables } from "../database/tables.ts";
import { SyncError } from "../sync-error.ts";
import { quote } from "./statements/fragments.ts";

const catalogue = z.array(
  z.object({
    table: z.string(),
    exists: z.boolean(),
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
    /** Complete, valid unique indexes on one plain column. ON CONFLICT rejects a column with a deferrable one. */
    uniques: z.array(z.object({ index: z.string(), column: z.string(), deferrable: z.boolean() })),
  }),
);
type Table = z.infer<typeof catalogue>[number];

const catalogueQuery = `select name as "table", oid is not null as "exists",
  coalesce((
    select json_agg(json_build_object('name', attname, 'type', format_type(atttypid, null), 'required', attnotnull,
      'filled', atthasdef or attidentity <> '',
      'key', exists (select from pg_index where indrelid = attrelid and indisprimary and attnum = any(indkey))))
    from pg_attribute where attrelid = oid and attnum > 0 and not attisdropped
  ), '[]') as columns,
  coalesce((
    select json_agg(json_build_object('index', relname, 'column', attname, 'deferrable', not indimmediate))
    from pg_index join pg_class on pg_class.oid = indexrelid join pg_attribute on attrelid = indrelid and attnum = indkey[0]
    where indrelid = tables.oid and indisunique and indisvalid and indnkeyatts = 1 and indpred is null
  ), '[]') as uniques
from (select name, to_regclass(name) as oid from unnest($1::text[]) as name) as tables`;

interface Expected {
  /** As SQL names it. */
  table: string;
  /** The columns that Rollcall writes, with the type for adding a missing one. */
  columns: { name: string; type: string; nullable: boolean }[];
  /** The columns that the statements look rows up by. */
  unique: string[];
}

const column = (name: string, type = "text", nullable = true) => ({ name, type, nullable });

function expectations({ user, customer }: ApplicationTables): Expected[] {
  const { email, emailVerified, name, image } = user.columns;
  return [
    {
      table: quote(user.table),
      columns: [
        column(user.key, "text", false),
        column(email),
        column(emailVerified, "timestamp(3) with time zone"),
        column(name),
        column(image),
        ...(user.updatedAt === null ? [] : [column(user.updatedAt, "timestamp(3) with time zone", false)]),
      ],
      unique: [user.key, email],
    },
    {
      table: quote(customer.table),
      columns: [column(customer.userKey, "text", false), column(customer.name)],
      unique: [customer.userKey],
    },
    {
      table: 'rollcall."ClerkUser"',
      columns: [
        column("id", "text", false),
        column("instanceId", "text", false),
        column("syncedAt", "timestamp(3) with time zone", false),
      ],
      unique: ["id"],
    },
  ];
}

/** What prevents writes to a table, each finding with the statement that fixes it. */
function findings(expected: Expected, actual: Table | undefined): string[] {
  const { table } = expected;
  if (!actual?.exists)
    return [
      `Table ${table} does not exist: ${table.startsWith("rollcall.") ? "run `npx rollcall migrate`" : "create it by a migration of yours, or name another one in `tables`"}`,
    ];
  const byName = new Map(actual.columns.map((found) => [found.name, found]));
  const missing = expected.columns
    .filter(({ name }) => !byName.has(name))
    .map(
      ({ name, type }) =>
        `Column ${table}.${quote(name)} is missing: ALTER TABLE ${table} ADD COLUMN ${quote(name)} ${type}`,
    );
  const zoneless = expected.columns
    .filter(
      ({ name, type }) => type.startsWith("timestamp") && byName.get(name)?.type === "timestamp without time zone",
    )
    .map(
      ({ name }) =>
        `Column ${table}.${quote(name)} has no time zone: ALTER TABLE ${table} ALTER COLUMN ${quote(name)} TYPE timestamptz(3) USING ${quote(name)} AT TIME ZONE 'UTC'`,
    );
  const strict = expected.columns
    .filter(({ name, nullable }) => nullable && byName.get(name)?.required)
    .map(
      ({ name }) =>
        `Column ${table}.${quote(name)} must be nullable, since not every Clerk user has one: ALTER TABLE ${table} ALTER COLUMN ${quote(name)} DROP NOT NULL`,
    );
  const written = new Set(expected.columns.map(({ name }) => name));
  const unfilled = actual.columns
    .filter(({ name, required, filled }) => required && !filled && !written.has(name))
    .map(
      (unfilled) =>
        `Column ${table}.${quote(unfilled.name)} is neither nullable nor has a default in the database, so no row can be added (it does not know Prisma's own defaults, such as @default(cuid()) or @updatedAt): ALTER TABLE ${table} ALTER COLUMN ${quote(unfilled.name)} ${filling(unfilled)}`,
    );
  const unindexed = expected.unique
    .filter((name) => byName.has(name))
    .flatMap((name) => {
      const uniques = actual.uniques.filter(({ column }) => column === name);
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
  return [...missing, ...zoneless, ...strict, ...unfilled, ...unindexed];
}

/** The change that allows a row without a value for the column, and keeps it required if there is a default to use. */
function filling({ type, key }: Table["columns"][number]): string {
  if (/^(timestamp|date|time)/.test(type)) return "SET DEFAULT now()";
  if (type === "uuid") return "SET DEFAULT gen_random_uuid()";
  if (!key) return "DROP NOT NULL";
  return /^(small|big)?int/.test(type) ? "ADD GENERATED BY DEFAULT AS IDENTITY" : "SET DEFAULT gen_random_uuid()";
}

/**
 * Checks whether the tables can be written, in one query of the catalogue.
 *
 * @returns the names of the unique indexes whose violation is a race between two writers
 * @throws SyncError SCHEMA_MISMATCH; its message names each column and the statement that fixes it
 */
export async function checkTables(db: Database, tables: ApplicationTables): Promise<ReadonlySet<string>> {
  const expected = expectations(tables);
  const names = expected.map(({ table }) => table);
  const rows = catalogue.parse(await db.query(catalogueQuery, [names]));
  const actual = new Map(rows.map((row) => [row.table, row]));
  const found = expected.flatMap((table) => findings(table, actual.get(table.table)));
  if (found.length > 0) throw new SyncError("SCHEMA_MISMATCH", found.join("\n"));
  return new Set(
    expected.flatMap(({ table, unique }) =>
      (actual.get(table)?.uniques ?? []).filter(({ column }) => unique.includes(column)).map(({ index }) => index),
    ),
  );
}
