import { type ExtraField, type ExtraKind, extraFields } from "../../database/extra-fields.ts";
import type { UserColumns } from "../../database/tables.ts";

/** A column of the application's for one of the fields in `extra`. */
export interface ExtraColumn {
  column: string;
  /** The field's name: Clerk's. */
  field: string;
  /** What the column must hold, from an expression for `extra`. */
  value: (extra: string) => string;
  /** What it holds where nothing is known. */
  empty: string;
}

// Flags and whole metadata are never null, so their columns may be NOT NULL.
const EMPTY: Record<ExtraKind, string> = { text: "null", flag: "false", time: "null", object: "'{}'", value: "null" };

const TEXT = /^(text$|character|citext$)/;

/** @param typeOf the type of a column, as SQL names it; undefined in statements that write no value */
export const extraColumns = (columns: UserColumns, typeOf: (column: string) => string | undefined): ExtraColumn[] =>
  extraFields(columns).map((named) => ({
    column: named.column,
    field: named.field,
    value: (extra) => heldBy(named, extra, typeOf(named.column)),
    empty: EMPTY[named.holds],
  }));

/** The names of the fields, as an array of SQL. */
export const extraNames = (columns: UserColumns): string =>
  `array[${extraFields(columns)
    .map(({ field }) => literal(field))
    .join(", ")}]::text[]`;

function heldBy({ field, holds }: ExtraField, extra: string, type: string | undefined): string {
  const json = `${extra} -> ${literal(field)}`;
  const text = `(${extra} ->> ${literal(field)})`;
  switch (holds) {
    case "text":
      return text;
    case "flag":
      return `coalesce(${text}::boolean, ${EMPTY.flag})`;
    case "time":
      return `to_timestamp(${text}::float8 / 1000)`;
    case "object":
      return `coalesce(${json}, ${EMPTY.object})`;
    case "value":
      if (type === "jsonb") return `nullif(${json}, 'null')`;
      // A cast to character would cut the text.
      return type === undefined || TEXT.test(type) ? text : `${text}::${type}`;
  }
}

const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;
