import { z } from "zod/v4";
import type { Database } from "../database/database.ts";
import { epoch, ms } from "../database/sql.ts";
import type { ApplicationTables } from "../database/tables.ts";
import { names } from "../write-path/statements/fragments.ts";
import type { Tombstone } from "./tombstone.ts";

/** The application's row for a user: the columns that are kept in sync. */
export interface MirroredUser {
  id: string;
  email: string | null;
  emailVerified: Date | null;
  name: string | null;
  image: string | null;
}

/** Everything stored about one user. */
export type Mirror =
  | { state: "absent" }
  | ({ state: "deleted" } & Tombstone)
  | {
      state: "partial"; // the `ClerkUser` row or one of the application's rows is missing
    }
  | {
      state: "present";
      user: MirroredUser;
      updatedAt: Date;
      checkedAt: Date;
      /** The user's address according to Clerk, and whether it is verified, whatever `User` shows. */
      claim: { email: string | null; verified: boolean };
      conflict: boolean;
    };

const rowSchema = z.object({
  known: z.boolean(),
  deletedBy: z.enum(["webhook", "run"]).nullable(),
  updatedAt: epoch.nullable(),
  checkedAt: epoch.nullable(),
  claimEmail: z.string().nullable(),
  claimVerified: z.boolean(),
  hasCustomer: z.boolean(),
  userId: z.string().nullable(),
  email: z.string().nullable(),
  emailVerified: epoch.nullable(),
  name: z.string().nullable(),
  image: z.string().nullable(),
});

/** One read of the three tables. */
export function mirrorReader(db: Database, tables: ApplicationTables): (userId: string) => Promise<Mirror> {
  const { users, key, email, emailVerified, name, image, customers, userKey } = names(tables);
  const statement = `select c.id is not null as known, c."deletedBy"::text as "deletedBy",
  ${ms(`c."updatedAt"`)} as "updatedAt", ${ms(`c."checkedAt"`)} as "checkedAt",
  c.email as "claimEmail", c."emailVerifiedAt" is not null as "claimVerified",
  exists (select from ${customers} k where k.${userKey} = asked.id) as "hasCustomer",
  u.${key} as "userId", u.${email} as email, ${ms(`u.${emailVerified}`)} as "emailVerified", u.${name} as name, u.${image} as image
from (select $1::text as id) as asked
left join rollcall."ClerkUser" c on c.id = asked.id
left join ${users} u on u.${key} = asked.id`;

  return async (userId) => {
    const [row] = z.array(rowSchema).parse(await db.query(statement, [userId]));
    if (!row || (!row.known && row.userId === null)) return { state: "absent" };
    const { userId: id, deletedBy, updatedAt, checkedAt, claimEmail } = row;
    if (deletedBy) return { state: "deleted", deletedBy, checkedAt };
    if (id === null || !row.hasCustomer || !updatedAt || !checkedAt) return { state: "partial" };
    return {
      state: "present",
      user: { id, email: row.email, emailVerified: row.emailVerified, name: row.name, image: row.image },
      updatedAt,
      checkedAt,
      claim: { email: claimEmail, verified: row.claimVerified },
      conflict: claimEmail !== null && claimEmail !== row.email,
    };
  };
}
