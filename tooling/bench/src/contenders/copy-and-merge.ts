import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Snapshot } from "@rollcall/sync";
import pg from "pg";
import { from as copyFrom } from "pg-copy-streams";
import type { Contender } from "./contender.ts";

/**
 * About as fast as PostgreSQL accepts rows: COPY into a temporary table, then one statement that merges it into the three. No
 * protection: it overwrites newer versions, restores deleted users, and fails on a shared address.
 */
export const copyAndMerge: Contender = {
  name: "COPY and merge",
  open(databaseUrl, connections) {
    const pool = new pg.Pool({
      connectionString: databaseUrl,
      max: connections,
      // By index for tables of any size: PostgreSQL would prefer to scan small tables, which takes longer.
      options: "-c enable_hashjoin=off -c enable_mergejoin=off",
      onConnect: (client) => client.query(staging),
    });
    return {
      async apply(users) {
        const client = await pool.connect();
        try {
          await client.query("begin");
          await pipeline(Readable.from([copyText(users)]), client.query(copyFrom("copy staging from stdin")));
          await client.query({ name: "merge", text: merge });
          await client.query("commit");
          client.release();
        } catch (error) {
          client.release(true);
          throw error;
        }
      },
      [Symbol.asyncDispose]: () => pool.end(),
    };
  },
};

const columns = [
  "id",
  "instanceId",
  "email",
  "emailVerifiedAt",
  "emailSince",
  "name",
  "image",
  "createdAt",
  "updatedAt",
  "checkedAt",
] as const satisfies (keyof Snapshot)[];

const staging = `create temporary table staging (id text, "instanceId" text, email text, "emailVerifiedAt" timestamptz,
  "emailSince" timestamptz, name text, image text, "createdAt" timestamptz, "updatedAt" timestamptz, "checkedAt" timestamptz
) on commit delete rows`;

/** The text format of COPY: https://www.postgresql.org/docs/18/sql-copy.html#SQL-COPY-FILE-FORMATS */
const copyText = (users: readonly Snapshot[]): string =>
  users.map((user) => `${columns.map((column) => field(user[column])).join("\t")}\n`).join("");

function field(value: string | Date | null): string {
  if (value === null) return "\\N";
  return typeof value === "string" ? value.replace(/[\\\t\n\r]/g, "\\$&") : value.toISOString();
}

const merge = `with recorded as (
  merge into rollcall."ClerkUser" c using staging s on c.id = s.id
  when matched and
    (c."instanceId", c.email, c."emailVerifiedAt", c."emailSince", c.name, c.image, c."createdAt", c."updatedAt") is distinct from
    (s."instanceId", s.email, s."emailVerifiedAt", s."emailSince", s.name, s.image, s."createdAt", s."updatedAt")
  then update set "instanceId" = s."instanceId", email = s.email, "emailVerifiedAt" = s."emailVerifiedAt",
    "emailSince" = s."emailSince", name = s.name, image = s.image, "createdAt" = s."createdAt", "updatedAt" = s."updatedAt",
    "checkedAt" = s."checkedAt", "syncedAt" = now()
  when not matched then
    insert (id, "instanceId", email, "emailVerifiedAt", "emailSince", name, image, "createdAt", "updatedAt", "checkedAt", "syncedAt")
    values (s.id, s."instanceId", s.email, s."emailVerifiedAt", s."emailSince", s.name, s.image, s."createdAt", s."updatedAt",
      s."checkedAt", now())
  returning 1
), shown as (
  merge into "User" u using staging s on u.id = s.id
  when matched and (u.email, u."emailVerified", u.name, u.image) is distinct from (s.email, s."emailVerifiedAt", s.name, s.image)
  then update set email = s.email, "emailVerified" = s."emailVerifiedAt", name = s.name, image = s.image, "updatedAt" = now()
  when not matched then
    insert (id, email, "emailVerified", name, image) values (s.id, s.email, s."emailVerifiedAt", s.name, s.image)
  returning 1
)
merge into "Customer" k using staging s on k."authUserId" = s.id
when not matched then insert ("authUserId", name) values (s.id, s.name)`;
