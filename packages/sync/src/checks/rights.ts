import { z } from "zod";
import { names, quote } from "../write-path/statements/fragments.ts";
import type { EngineCheck } from "./context.ts";

const schemaRows = z.tuple([z.object({ exists: z.boolean(), usable: z.boolean().nullable(), user: z.string() })]);
const missingRows = z.array(z.object({ table: z.string(), privilege: z.string() }));

const schemaQuery = `select to_regnamespace('rollcall') is not null as exists, current_user::text as user,
  has_schema_privilege(to_regnamespace('rollcall'), 'USAGE') as usable`;

// A right on some columns counts: which ones are needed is the host's choice of columns.
const missingQuery = `select c.oid::regclass::text as "table", privilege
from pg_class c, unnest($1::text[], $2::boolean[]) as needed(privilege, "ownOnly")
where ((c.relnamespace = to_regnamespace('rollcall') and c.relkind = 'r') or (c.oid = any($3::text[]::regclass[]) and not "ownOnly"))
  and not case when "ownOnly" then has_table_privilege(c.oid, privilege) else has_any_column_privilege(c.oid, privilege) end
order by 1, 2`;

const PRIVILEGES = ["SELECT", "INSERT", "UPDATE", "DELETE"];
/** Rows of the application's tables are never deleted. */
const OWN_ONLY = PRIVILEGES.map((privilege) => privilege === "DELETE");

export const rights: EngineCheck = {
  id: "rights",
  title: "The database's user may read and write the tables",
  requires: ["database"],
  async run({ db, tables }) {
    const [{ exists, usable, user }] = schemaRows.parse(await db.query(schemaQuery));
    if (exists && !usable) {
      return {
        status: "finding",
        severity: "error",
        message: `${user} may not use the schema rollcall.`,
        remedy: `As the owner of the schema: GRANT USAGE ON SCHEMA rollcall TO ${quote(user)}; GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA rollcall TO ${quote(user)}`,
      };
    }
    const { users, customers } = names(tables);
    const present = z
      .array(z.object({ name: z.string() }))
      .parse(
        await db.query(`select name from unnest($1::text[]) as name where to_regclass(name) is not null`, [
          [users, customers],
        ]),
      )
      .map(({ name }) => name);
    const missing = missingRows.parse(await db.query(missingQuery, [PRIVILEGES, OWN_ONLY, present]));
    if (missing.length === 0) return { status: "ok" };
    return {
      status: "finding",
      severity: "error",
      message: `${user} lacks ${missing.map(({ privilege, table }) => `${privilege} on ${table}`).join(", ")}.`,
      remedy: missing.map(({ privilege, table }) => `GRANT ${privilege} ON ${table} TO ${quote(user)}`).join("\n"),
    };
  },
};
