import { z } from "zod/v4";
import { batched, USER_BATCHES } from "../database/batched.ts";
import type { Database } from "../database/database.ts";
import { prepared } from "../database/prepared.ts";
import { epoch, ms } from "../database/sql.ts";
import type { ApplicationTables } from "../database/tables.ts";
import { withSpan } from "../tracing.ts";
import { extraNames } from "../write-path/statements/extra.ts";
import { columnOrNull, names } from "../write-path/statements/names.ts";
import type { Tombstone } from "./tombstone.ts";

/** A user as the application sees them: the columns that are kept in sync, null if `tables` names no such column. */
export interface MirroredUser {
  /** The primary key of the row, as text: Clerk's id, or the application's own. null if there is no row. */
  id: string | null;
  clerkId: string;
  email: string | null;
  emailVerified: Date | null;
  name: string | null;
  image: string | null;
}

/** A user whose row exists. */
export interface StoredUser extends MirroredUser {
  id: string;
}

/** Everything stored about one user. */
export type Mirror =
  | { state: "absent" }
  | ({ state: "deleted"; id: string | null } & Tombstone)
  | {
      state: "partial"; // the `ClerkUser` row or one of the application's rows is missing
    }
  | {
      state: "present";
      user: StoredUser;
      updatedAt: Date;
      checkedAt: Date;
      /** The user's address according to Clerk, and whether it is verified, whatever `User` shows. */
      claim: { email: string | null; verified: boolean };
      conflict: boolean;
      /** Every field that a column is named for was read. False for a row from before the column was named. */
      complete: boolean;
      /** By what was read; false if no column is named for it. */
      banned: boolean;
    };

const rowSchema = z.object({
  clerkId: z.string(),
  known: z.boolean(),
  deletedBy: z.enum(["webhook", "run"]).nullable(),
  updatedAt: epoch.nullable(),
  checkedAt: epoch.nullable(),
  claimEmail: z.string().nullable(),
  claimVerified: z.boolean(),
  hasCustomer: z.boolean(),
  complete: z.boolean(),
  banned: z.boolean(),
  userId: z.string().nullable(),
  email: z.string().nullable(),
  emailVerified: epoch.nullable(),
  name: z.string().nullable(),
  image: z.string().nullable(),
});

/**
 * Reads the three tables for each of these users. `asked` selects their ids. A lookup with a LIMIT is never planned as a join that
 * reads a whole table.
 */
function mirrorStatement(tables: ApplicationTables, asked: string): string {
  const { users, key, id, ownIds, extras, shownEmail, emailVerified, name, image, customer } = names(tables);
  const owner = ownIds ? `u.${id}` : "asked.id";
  return `select asked.id as "clerkId", c.id is not null as known, c."deletedBy"::text as "deletedBy",
  ${ms(`c."updatedAt"`)} as "updatedAt", ${ms(`c."checkedAt"`)} as "checkedAt",
  c.email as "claimEmail", c."emailVerifiedAt" is not null as "claimVerified",
  ${customer ? `coalesce((select true from ${customer.customers} k where k.${customer.userKey} = ${owner} limit 1), false)` : "true"} as "hasCustomer",
  ${extras ? `coalesce(c.extra ?& ${extraNames(tables.user.columns)}, false)` : "true"} as complete,
  ${extras ? `coalesce((c.extra ->> 'banned')::boolean, false)` : "false"} as banned,
  u.${id}::text as "userId", ${shownEmail("u")} as email, ${ms(columnOrNull("u", emailVerified, "timestamptz"))} as "emailVerified",
  ${columnOrNull("u", name, "text")} as name, ${columnOrNull("u", image, "text")} as image
from (${asked}) as asked
left join lateral (select * from rollcall."ClerkUser" c where c.id = asked.id limit 1) c on true
left join lateral (select * from ${users} u where u.${key} = asked.id limit 1) u on true`;
}

/** Reads what is stored about a user. Callers who arrive while others are read share a statement. */
export function mirrorReader(db: Database, tables: ApplicationTables): (clerkId: string) => Promise<Mirror> {
  const forOne = prepared(mirrorStatement(tables, "select $1::text as id"));
  const forMany = mirrorStatement(tables, "select unnest($1::text[]) as id");

  return batched(async (ids) => {
    const [one] = ids;
    const answer = await withSpan("postgres mirror", {}, () =>
      ids.length === 1 ? db.query(forOne, [one]) : db.query(forMany, [ids]),
    );
    const rows = new Map(
      z
        .array(rowSchema)
        .parse(answer)
        .map((row) => [row.clerkId, row]),
    );
    return ids.map((id) => mirrorOf(rows.get(id)));
  }, USER_BATCHES);
}

function mirrorOf(row: z.infer<typeof rowSchema> | undefined): Mirror {
  if (!row || (!row.known && row.userId === null)) return { state: "absent" };
  const { clerkId, userId: id, deletedBy, updatedAt, checkedAt, claimEmail } = row;
  if (deletedBy) return { state: "deleted", id, deletedBy, checkedAt };
  if (id === null || !row.hasCustomer || !updatedAt || !checkedAt) return { state: "partial" };
  return {
    state: "present",
    user: { id, clerkId, email: row.email, emailVerified: row.emailVerified, name: row.name, image: row.image },
    updatedAt,
    checkedAt,
    claim: { email: claimEmail, verified: row.claimVerified },
    conflict: claimEmail !== null && claimEmail !== row.email,
    complete: row.complete,
    banned: row.banned,
  };
}
