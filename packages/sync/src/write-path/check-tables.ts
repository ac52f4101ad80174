import { z } from "zod/v4";
import type { Database } from "../database/database.ts";
import { type ApplicationTables, ownIdColumn } from "../database/tables.ts";
import { SyncError } from "../sync-error.ts";
import { type ColumnTypes, quote } from "./statements/names.ts";

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
  /** The columns that Rollcall uses. */
  columns: Column[];
  /** The columns that the statements look rows up by. */
  unique: string[];
  /** Its times may be without a time zone, and then contain UTC. */
  zoneless: boolean;
}

interface Column {
  name: string;
  /** For adding it if it is missing. */
  type: string;
  /** Rollcall writes null into it. */
  nullable: boolean;
  /** It gets a value with each new row. */
  written: boolean;
  /** What to do instead of the printed statement. */
  otherwise: string;
}

const TIME = "timestamp(3) with time zone";

const column = (name: string, rest: Partial<Column> = {}): Column => ({
  name,
  type: "text",
  nullable: false,
  written: true,
  otherwise: "",
  ...rest,
});

function expectations({ user, customer }: ApplicationTables, idType: string): Expected[] {
  const { email, emailVerified, name, image } = user.columns;
  const ownId = ownIdColumn(user);
  const unnamed = (option: string) => ` (or leave \`${option}\` out of \`tables.user.columns\`)`;
  const optional = [
    { name: emailVerified, type: TIME, otherwise: unnamed("emailVerified") },
    { name, type: "text", otherwise: unnamed("name") },
    { name: image, type: "text", otherwise: unnamed("image") },
  ];
  return [
    {
      table: quote(user.table),
      columns: [
        column(user.key),
        column(email, {
          nullable: !user.placeholderEmail,
          otherwise: " (or set `tables.user.placeholderEmail`, for an address that no mail reaches)",
        }),
        ...optional.flatMap(({ name, ...rest }) =>
          name === undefined ? [] : [column(name, { nullable: true, ...rest })],
        ),
        ...(user.updatedAt === undefined ? [] : [column(user.updatedAt, { type: TIME })]),
        ...(ownId === undefined
          ? []
          : [
              column(ownId, {
                type: idType,
                written: user.newId !== undefined,
                otherwise: " (or make the ids yourself: `tables.user.newId`)",
              }),
            ]),
      ],
      unique: [user.key, email],
      zoneless: true,
    },
    ...(customer
      ? [
          {
            table: quote(customer.table),
            columns: [
              column(customer.userKey, { type: ownId === undefined ? "text" : idType }),
              ...(customer.name === undefined ? [] : [column(customer.name, { nullable: true })]),
            ],
            unique: [customer.userKey],
            zoneless: true,
          },
        ]
      : []),
    {
      table: 'rollcall."ClerkUser"',
      columns: [column("id"), column("instanceId"), column("syncedAt", { type: TIME })],
      unique: ["id"],
      zoneless: false,
    },
  ];
}

/** Types that are written alike. Any other type, such as a domain of the application's, may be fit: PostgreSQL decides. */
const KINDS = {
  time: /^timestamp/,
  text: /^(text$|character|citext$)/,
  uuid: /^uuid$/,
  number: /^(small|big)?int/,
  flag: /^bool/,
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
  const unfit = expected.columns.flatMap(({ name, type, otherwise }) => {
    const found = byName.get(name);
    const kind = found && kindOf(found.type);
    if (!found || kind === undefined || kind === kindOf(type)) return [];
    const converted = kind === "flag" ? `CASE WHEN ${quote(name)} THEN now() END` : `${quote(name)}::${type}`;
    return [
      `Column ${table}.${quote(name)} is of type ${found.type}, and must be ${type}${otherwise}: ALTER TABLE ${table} ALTER COLUMN ${quote(name)} DROP DEFAULT, ALTER COLUMN ${quote(name)} TYPE ${type} USING ${converted}`,
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
  return [...missing, ...unfit, ...zoneless, ...strict, ...unfilled, ...unindexed];
}

const isZoneless = (column: Table["columns"][number] | undefined) => column?.type === "timestamp without time zone";

/** The change that allows a row without a value for the column, and keeps it required if there is a default to use. */
function filling({ type, key }: Table["columns"][number]): string {
  if (/^(timestamp|date|time)/.test(type)) return "SET DEFAULT now()";
  if (type === "uuid") return "SET DEFAULT gen_random_uuid()";
  if (!key) return "DROP NOT NULL";
  return /^(small|big)?int/.test(type) ? "ADD GENERATED BY DEFAULT AS IDENTITY" : "SET DEFAULT gen_random_uuid()";
}

/** What the statements need to know about the tables. */
export interface CheckedTables {
  /** The names of the unique indexes whose violation is a race between two writers. */
  uniqueIndexes: ReadonlySet<string>;
  types: ColumnTypes;
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
        (actual.get(table)?.uniques ?? []).filter(({ column }) => unique.includes(column)).map(({ index }) => index),
      ),
    ),
    types: { id: idType, zoneless: new Set(columns.filter(isZoneless).map(({ name }) => name)) },
  };
}
