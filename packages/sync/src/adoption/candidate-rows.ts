import { z } from "zod/v4";
import type { Queries } from "../database/database.ts";
import type { ApplicationTables } from "../database/tables.ts";
import { idsAs } from "../write-path/statements/id-type.ts";
import { type ColumnTypes, names } from "../write-path/statements/names.ts";
import type { ClerkPerson } from "./clerk-people.ts";

const row = z.object({
  /** The primary key, as text. */
  rowId: z.string(),
  /** The value in the column for Clerk's id. */
  key: z.string().nullable(),
  email: z.string().nullable(),
});

const candidates = z.array(row.extend({ clerkId: z.string(), by: z.enum(["id", "external_id", "email"]) }));
export type Candidate = z.infer<typeof candidates>[number];

const ownRows = z.array(row.extend({ synced: z.boolean() }));

// PostgreSQL's lower() would also turn the Kelvin sign into "k", and one person's address into another's.
const UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const folded = (email: string): string => `translate(${email}, '${UPPER}', '${UPPER.toLowerCase()}')`;

export interface RowReader {
  /** The rows that may belong to these users, each with how it was found. */
  candidates(people: readonly ClerkPerson[]): Promise<Candidate[]>;
  /** The rows after one, in the order of their ids, and whether their Clerk user is synced. */
  rowsAfter(rowId: string | null, limit: number): Promise<z.infer<typeof ownRows>>;
}

/** Reads the application's table of users. */
export async function rowReader(db: Queries, tables: ApplicationTables, types: ColumnTypes): Promise<RowReader> {
  const { users, key, id, email, shownEmail } = names(tables);
  const { type, isId } = idsAs(types);
  const columns = `u.${id}::text as "rowId", u.${key} as key, ${shownEmail("u")} as email`;
  // Only a scan of the whole table finds addresses in capital letters.
  const mixed = await db.query(`select 1 from ${users} u where u.${email} ~ '[A-Z]' limit 1`);
  const comparable = mixed.length > 0 ? folded(`u.${email}`) : `u.${email}`;
  const statement = `select p.id as "clerkId", 'id' as by, ${columns}
from unnest($1::text[]) as p (id) join ${users} u on u.${key} = p.id
union all
select p.id, 'external_id', ${columns} from unnest($2::text[], $3::${type}[]) as p (id, external) join ${users} u on u.${id} = p.external
union all
select p.id, 'email', ${columns} from unnest($4::text[], $5::text[]) as p (id, email) join ${users} u on ${comparable} = p.email`;
  const pageStatement = `select ${columns}, c.id is not null as synced
from ${users} u left join rollcall."ClerkUser" c on c.id = u.${key} and c."deletedAt" is null
where $1::${type} is null or u.${id} > $1::${type} order by u.${id} limit $2::int`;
  return {
    async candidates(people) {
      const external = people.filter(({ externalId }) => externalId !== null && isId(externalId));
      const verified = people.filter((person) => person.verified);
      return candidates.parse(
        await db.query(statement, [
          people.map(({ id }) => id),
          external.map(({ id }) => id),
          external.map(({ externalId }) => externalId),
          verified.map(({ id }) => id),
          verified.map(({ email }) => email),
        ]),
      );
    },
    rowsAfter: async (rowId, limit) => ownRows.parse(await db.query(pageStatement, [rowId, limit])),
  };
}
